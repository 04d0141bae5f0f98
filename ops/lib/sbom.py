# SPDX-License-Identifier: Apache-2.0
"""sbom.py PROGRAM VERSION COMMIT EPOCH SWIFT: what a program links, as CycloneDX 1.6 in JSON.

Shared libraries with the packages and versions of Debian that they come from, also those that others of them need, and
Swift's own libraries, which are inside. A direct library whose licence is not known here is an error.
"""
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse
import uuid

# Of what the program itself names, by packages; others say theirs in /usr/share/doc/PACKAGE/copyright.
LICENCES = {
    "libavro23": "Apache-2.0",
    "libc6": "LGPL-2.1-or-later",
    "libcurl4": "curl",
    "libgcc-s1": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libinih1": "BSD-3-Clause",
    "libmicrohttpd12": "LGPL-2.1-or-later",
    "libpq5": "PostgreSQL",
    "librdkafka1": "BSD-2-Clause",
    "libsimdjson14": "Apache-2.0",
    "libssl3": "Apache-2.0",
    "libstdc++6": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libzstd1": "BSD-3-Clause OR GPL-2.0-only",
    "zlib1g": "Zlib",
}
SWIFT = [
    ("swift-stdlib", "Apache-2.0 WITH Swift-exception"),
    ("swift-corelibs-libdispatch", "Apache-2.0 WITH Swift-exception"),
    ("swift-foundation", "Apache-2.0 WITH Swift-exception"),
    ("swift-foundation-icu", "Apache-2.0 WITH Swift-exception AND Unicode-3.0"),
]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def needed(path):
    return re.findall(r"NEEDED\s+(\S+)", run("objdump", "-p", path))


def loaded(program):
    """Paths of all shared libraries by name."""
    found = {}
    for line in run("ldd", program).splitlines():
        words = line.split()
        path = words[2] if len(words) > 2 and words[1] == "=>" else words[0]
        if "not found" in line:
            sys.exit(f"sbom: {words[0]} is not found: install what the program links")
        if path.startswith("/"):
            found[os.path.basename(words[0])] = path
    return found


def packages_of(libraries):
    """By names of libraries. A merged /usr has two paths for a file, of which dpkg knows one."""
    candidates = {name: {path, os.path.realpath(path), "/usr" + path} for name, path in libraries.items()}
    question = ["dpkg-query", "-S", *sorted(set().union(*candidates.values()))]
    lines = subprocess.run(question, capture_output=True, text=True).stdout.splitlines()
    owners = {line.split(": ")[1]: line.split(":")[0] for line in lines}
    for name, paths in candidates.items():
        if not paths & owners.keys():
            sys.exit(f"sbom: no package of Debian has {libraries[name]}: build with Debian's libraries")
    return {name: next(owners[path] for path in paths if path in owners) for name, paths in candidates.items()}


def facts_of(packages):
    """Of a machine with packages of several architectures its own."""
    architecture = run("dpkg", "--print-architecture").strip()
    names = [f"{package}:{architecture}" for package in sorted(packages)]
    form = "${Package}\t${Version}\t${Architecture}\t${source:Package}\n"
    lines = run("dpkg-query", "-W", "-f", form, *names).splitlines()
    return {line.split("\t")[0]: line.split("\t")[1:] for line in lines}


def component(package, facts, release, is_direct):
    version, architecture, source = facts
    place = "@".join(urllib.parse.quote(word, safe="") for word in (package, version))
    purl = f"pkg:deb/debian/{place}?arch={architecture}&distro={release}"
    entry = {
        "type": "library",
        "bom-ref": purl,
        "name": package,
        "version": version,
        "purl": purl,
        "properties": [{"name": "debian:source", "value": source}],
    }
    if package in LICENCES:
        entry["licenses"] = [{"expression": LICENCES[package]}]
    elif is_direct:
        sys.exit(f"sbom: the licence of {package} is not known: add it to ops/lib/sbom.py")
    return entry


def codename():
    text = pathlib.Path("/etc/os-release").read_text()
    return re.search(r"^VERSION_CODENAME=(\S+)$", text, re.M).group(1)


def main(program, version, commit, epoch, swift):
    libraries = loaded(program)
    packages = packages_of(libraries)
    facts = facts_of(set(packages.values()))
    release = codename()
    direct = sorted({packages[name] for name in needed(program) if name in packages})
    parts = {name: component(name, facts[name], release, name in direct) for name in sorted(facts)}
    links = {name: set() for name in parts}
    for name, path in libraries.items():
        links[packages[name]] |= {packages[other] for other in needed(path) if other in packages}
    static = [
        {
            "type": "library",
            "bom-ref": f"swift:{name}",
            "name": name,
            "version": swift,
            "purl": f"pkg:github/swiftlang/{name}@swift-{swift}-RELEASE",
            "licenses": [{"expression": licence}],
            "properties": [{"name": "daybook:linked", "value": "statically"}],
        }
        for name, licence in SWIFT
    ]
    digest = hashlib.sha256(pathlib.Path(program).read_bytes()).hexdigest()
    made = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc)
    own = f"pkg:github/daybook/daybook@{commit}"
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, own + digest)}",
        "version": 1,
        "metadata": {
            "timestamp": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "daybook",
                "version": version,
                "purl": own,
                "licenses": [{"expression": "Apache-2.0"}],
                "hashes": [{"alg": "SHA-256", "content": digest}],
            },
        },
        "components": static + list(parts.values()),
        "dependencies": [
            {"ref": own, "dependsOn": [part["bom-ref"] for part in static + [parts[name] for name in direct]]}
        ]
        + [
            {"ref": parts[name]["bom-ref"], "dependsOn": sorted(parts[other]["bom-ref"] for other in others - {name})}
            for name, others in links.items()
        ],
    }
    print(json.dumps(document, indent=2))


if __name__ == "__main__":
    main(*sys.argv[1:])
