#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_container.py: ops/container fits the program, the list of packages and itself. Wants PyYAML.

  --schema FILE   check compose.yaml with the JSON Schema of the Compose Specification too (wants jsonschema)
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

import known_settings

ROOT = known_settings.ROOT
HERE = ROOT / "ops/container"
LIBRARIES = {  # development package: the library that the program links
    "librdkafka-dev": "librdkafka1", "libpq-dev": "libpq5", "libzstd-dev": "libzstd1", "zlib1g-dev": "zlib1g",
    "libsimdjson-dev": "libsimdjson14", "libmicrohttpd-dev": "libmicrohttpd12", "libssl-dev": "libssl3",
    "libinih-dev": "libinih1", "libavro-dev": "libavro23", "libcurl4-openssl-dev": "libcurl4",
}
USER = "65532"


def check_dockerfile():
    """Packages, paths that are copied, and who runs it."""
    text = (HERE / "Dockerfile").read_text()
    build, run = (re.sub(r"\\\n\s*", " ", part) for part in text.split("\nFROM debian:")[:2])
    listed = re.search(r"packages_build=\((.*?)\)", (ROOT / "ops/lib/packages.sh").read_text(), re.S)[1].split()
    installed = re.search(r"--no-install-recommends install(.*?)&&", run)[1].split()
    for package in listed:
        if package.endswith("-dev") and LIBRARIES.get(package) not in installed:
            yield f"Dockerfile: the library of {package} is not installed"
    ignored = (HERE / "Dockerfile.dockerignore").read_text().splitlines()
    copied = [path for line in re.findall(r"^COPY (?!--from)(.*)$", build, re.M) for path in line.split()[:-1]]
    for path in copied:
        if not (ROOT / path).exists():
            yield f"Dockerfile: there is no {path}"
        if f"!{path}" not in ignored:
            yield f"Dockerfile.dockerignore leaves out {path}"
    yield from check_copied([path for path in copied if (ROOT / path).exists()])
    if f"\nUSER {USER}:{USER}\n" not in run:
        yield f"Dockerfile: the user is not {USER}"
    for manifest in (ROOT / "ops/kubernetes").glob("*.yaml"):
        for user in re.findall(r"runAsUser: (\d+)", manifest.read_text()):
            if user != USER:
                yield f"{manifest.name}: runAsUser is not that of the image"
    version = re.search(r'version = "([\d.]+)"', (ROOT / "Sources/daybook/Wiring/Daybook.swift").read_text())[1]
    if f"ARG VERSION={version}\n" not in run:
        yield f"Dockerfile: VERSION is not {version}"


def check_copied(paths):
    """The package is whole with these paths alone: SwiftPM wants the sources of each target, built or not."""
    with tempfile.TemporaryDirectory() as context:
        for path in paths:
            place = pathlib.Path(context, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(ROOT / path)
        described = subprocess.run(
            ["swift", "package", "--package-path", context, "describe"], capture_output=True, text=True)
        if described.returncode:
            yield f"Dockerfile: what it copies is no package: {described.stderr.strip()}"
    wanted = re.findall(r"packageDirectory\)/([^\"\s]+)", (ROOT / "Package.swift").read_text())
    for path in wanted:
        if path not in paths:
            yield f"Dockerfile: Package.swift wants {path}"


def check_compose(compose):
    """Settings, commands, dependencies, volumes and networks."""
    services = compose["services"]
    for name, service in services.items():
        if "build" in service:
            for complaint in known_settings.wrong_arguments(service["command"]):
                # Options of one command: the tests of the program know them all.
                if not complaint.startswith("no flag") or service["command"][0] != "produce":
                    yield f"{name}: {complaint}"
            for variable in service.get("environment", {}):
                if complaint := known_settings.wrong_variable(variable):
                    yield f"{name}: {complaint}"
        for other, condition in service.get("depends_on", {}).items():
            if other not in services:
                yield f"{name} depends on {other}, which is not there"
            elif condition["condition"] == "service_healthy" and "healthcheck" not in services[other]:
                yield f"{name} waits for {other}, which has no healthcheck"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source not in compose["volumes"] and not (HERE / source).exists():
                yield f"{name}: there is no {source}"
        for network in service["networks"]:
            if network not in compose["networks"]:
                yield f"{name}: there is no network {network}"
        for port in service.get("ports", []):
            if not port.startswith("127.0.0.1:"):
                yield f"{name} publishes {port} to everybody"
    made = set(re.findall(r"\b[a-z.-]+\.v\d+\b", services["topics"]["command"][0]))
    streams = {path.name.removesuffix(".schema.json") for path in (ROOT / "schemas").glob("*.schema.json")}
    if made != streams:
        yield f"topics: {sorted(made)} are not those of the streams, {sorted(streams)}"


def check_schema(compose, path):
    """By the Compose Specification."""
    import jsonschema

    schema = json.loads(path.read_text())
    for error in jsonschema.Draft7Validator(schema).iter_errors(compose):
        yield f"compose.yaml: {error.message[:200]} at {list(error.path)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schema", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()
    compose = yaml.safe_load((HERE / "compose.yaml").read_text())
    wrong = [*check_dockerfile(), *check_compose(compose)]
    if options.schema:
        wrong += check_schema(compose, options.schema)
    print("\n".join(wrong) or "ops/container: fits")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
