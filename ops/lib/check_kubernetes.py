#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_kubernetes.py: the manifests of ops/kubernetes fit the program and each other.

Settings, flags and variables exist; probes ask what there is; secrets come from files that are mounted; selectors find
pods; the grace period is longer than drain_timeout; topics and group are those of the program; pods are hardened;
monitors scrape under the jobs that alert rules ask for; the commands of README.md, on an empty cluster, find what they
and their manifests name.
Wants PyYAML. Beyond that, with what operators have:

  --schemas VERSION,...   validate with the package kubernetes-validate (PyPI) for these versions of Kubernetes
  --crd FILE              and with the schema in a CustomResourceDefinition (wants jsonschema); may be repeated
  --rendered FILE         check this output of `kubectl kustomize ops/kubernetes` instead of the files
"""
import argparse
import pathlib
import re
import shlex
import sys

import yaml

import known_settings

HERE = known_settings.ROOT / "ops/kubernetes"
BUILT = {"Kustomization", "Component"}  # what only kustomize reads
PATHS = {"/livez", "/readyz", "/metrics"}
ENDPOINTS = {"PodMonitor": "podMetricsEndpoints", "ServiceMonitor": "endpoints"}
LEAVING_SECONDS = 10  # beyond drain_timeout
NAMING = {  # what names something: its kind
    "configMap": "ConfigMap", "configMapKeyRef": "ConfigMap", "configMapTargetRef": "ConfigMap",
    "secret": "Secret", "secretKeyRef": "Secret", "secretTargetRef": "Secret",
    "persistentVolumeClaim": "PersistentVolumeClaim",
}


def documents(paths):
    """Each document with the name of its file."""
    for path in paths:
        for document in yaml.safe_load_all(path.read_text()):
            if document and document["kind"] not in BUILT:
                yield path.name, document


def pod_of(document):
    """Labels and specification of a pod that a document makes, or None."""
    spec = document.get("spec", {})
    template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
    return (template["metadata"]["labels"], template["spec"]) if template else None


def check_hardening(spec, container):
    """What Pod Security's level restricted asks, and more."""
    pod, own = spec.get("securityContext", {}), container.get("securityContext", {})
    wanted = {
        "runAsNonRoot": pod.get("runAsNonRoot") is True,
        "runAsUser": pod.get("runAsUser", 0) > 0,
        "seccompProfile": pod.get("seccompProfile") == {"type": "RuntimeDefault"},
        "allowPrivilegeEscalation": own.get("allowPrivilegeEscalation") is False,
        "readOnlyRootFilesystem": own.get("readOnlyRootFilesystem") is True,
        "capabilities": own.get("capabilities") == {"drop": ["ALL"]},
        "automountServiceAccountToken": spec.get("automountServiceAccountToken") is False,
        "enableServiceLinks": spec.get("enableServiceLinks") is False,
        "serviceAccountName": bool(spec.get("serviceAccountName")),
        "memory": {"requests", "limits"} <= {
            kind for kind, values in container.get("resources", {}).items() if "memory" in values},
        "terminationGracePeriodSeconds": spec.get("terminationGracePeriodSeconds", 60) >= 30,
    }
    yield from (f"{name} is not as it should be" for name, good in wanted.items() if not good)


def files_of(volume):
    """Names of the files of a volume, as far as it says them."""
    for source in volume.get("projected", {}).get("sources", []):
        for kind in source.values():
            yield from (item["path"] for item in kind.get("items", []))


def check_mounts(spec, container):
    """Volumes are there and used, and files that variables name are mounted."""
    volumes = {volume["name"]: volume for volume in spec.get("volumes", [])}
    mounts = {mount["name"]: mount["mountPath"] for mount in container.get("volumeMounts", [])}
    for name in volumes.keys() ^ mounts.keys():
        yield f"volume {name} is not declared, or not mounted"
    for variable in container.get("env", []):
        path = variable.get("value", "")
        if not variable["name"].endswith(("_FILE", "_DIR")):
            continue
        under = [name for name, mount in mounts.items() if path == mount or path.startswith(mount + "/")]
        known = {file for name in under for file in files_of(volumes[name])}
        if not under or known and pathlib.PurePath(path).name not in known:
            yield f"{variable['name']}: {path} is not mounted"


def check_container(spec, container):
    """Of one container; those of Daybook are all that there are."""
    yield from known_settings.wrong_arguments(container.get("args", []))
    for variable in container.get("env", []):
        if complaint := known_settings.wrong_variable(variable["name"]):
            yield complaint
        if variable["name"].endswith(("_URL", "_PASSWORD")):
            yield f"{variable['name']} is a secret in the environment; mount it, and name the file"
    ports = {port["name"]: port["containerPort"] for port in container.get("ports", [])}
    for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
        if probe := container.get(kind):
            asked = probe["httpGet"]
            if asked["path"] not in PATHS or asked["port"] not in ports:
                yield f"{kind}: there is no {asked['path']} at port {asked['port']}"
    yield from check_hardening(spec, container)
    yield from check_mounts(spec, container)


def selected(document, pods):
    """Selectors of a document that find none of the pods."""
    spec = document.get("spec", {})
    for key in ("selector", "podSelector"):
        chosen = spec.get(key, {})
        if not isinstance(chosen, dict) or not chosen:
            continue
        wanted = chosen.get("matchLabels", {}).items()
        some = [labels for labels in pods if wanted <= labels.items()]
        for rule in chosen.get("matchExpressions", []):
            missing = set(rule["values"]) - {labels.get(rule["key"]) for labels in some}
            if missing:
                yield f"{key}: no pod is {', '.join(sorted(missing))}"
        if not some:
            yield f"{key} finds no pod"


def check_scaling(document, names, settings):
    """Topics, group and brokers are those of the program."""
    target = document["spec"]["scaleTargetRef"]["name"]
    if target not in names:
        yield f"there is no {target}"
    for trigger in document["spec"]["triggers"]:
        asked = trigger["metadata"]
        if not (known_settings.ROOT / f"schemas/{asked['topic']}.schema.json").exists():
            yield f"no stream has topic {asked['topic']}"
        if asked["consumerGroup"] != settings.get("group", "daybook"):
            yield f"consumerGroup {asked['consumerGroup']} is not that of daybook.conf"
        if asked["bootstrapServers"] != settings["kafka_brokers"]:
            yield "bootstrapServers are not those of daybook.conf"


def asked_jobs():
    """Jobs of Daybook that alert rules ask for; the others are of exporters."""
    for path in sorted((known_settings.ROOT / "ops/prometheus").glob("*.rules.yml")):
        for group in yaml.safe_load(path.read_text())["groups"]:
            for rule in group["rules"]:
                for text in re.findall(r'\bjob=~?"([^"]+)"', rule["expr"]):
                    yield from (job for job in text.split("|") if job.startswith("daybook"))


def given_jobs(document):
    """The job of each endpoint of a monitor: the operator's is the namespace and the name."""
    for endpoint in document["spec"][ENDPOINTS[document["kind"]]]:
        job = f"…/{document['metadata']['name']}"
        for rule in endpoint.get("relabelings", []):
            if rule.get("targetLabel") == "job":
                job = rule.get("replacement", "$1")
        yield job


def check_jobs(found):
    """What is scraped under another job raises no alert. A site without the operator has no monitors."""
    given = {job for _, document in found if document["kind"] in ENDPOINTS for job in given_jobs(document)}
    asked = set(asked_jobs())
    if given:
        yield from (f"no monitor gives the job {job}, which ops/prometheus asks for" for job in sorted(asked - given))
        yield from (f"a monitor gives the job {job}, and ops/prometheus asks for none" for job in sorted(given - asked))


def named_in(part):
    """Kind, name and key of what a part of a document names; without a key it is the whole."""
    if isinstance(part, list):
        for item in part:
            yield from named_in(item)
    if not isinstance(part, dict):
        return
    for key, value in part.items():
        if key == "serviceAccountName":
            yield "ServiceAccount", value, None
        for named in (value if isinstance(value, list) else [value]) if key in NAMING else []:
            name = named.get("name") or named.get("secretName") or named.get("claimName")
            for item in named.get("items", [named]):
                yield NAMING[key], name, item.get("key")
        yield from named_in(value)


def files_in(document):
    """The same of files that variables name: in a secret that is mounted whole they are its keys."""
    pod = pod_of(document)
    spec = pod[1] if pod else {}
    whole = {volume["name"]: volume["secret"]["secretName"] for volume in spec.get("volumes", [])
             if "secret" in volume and "items" not in volume["secret"]}
    for container in spec.get("containers", []):
        paths = [pathlib.PurePath(variable.get("value", "")) for variable in container.get("env", [])
                 if variable["name"].endswith("_FILE")]
        for mount in container.get("volumeMounts", []):
            if mount["name"] in whole:
                yield from (("Secret", whole[mount["name"]], path.name) for path in paths
                            if path.parent == pathlib.PurePath(mount["mountPath"]))


def commands_of(path):
    """The words behind kubectl of each command in the blocks of a document, in their order."""
    for command in re.findall(r"^    .*?\bkubectl ([^)#\n]*)", path.read_text(), re.M):
        yield shlex.split(command)


def kustomized(directory):
    """The namespace of a kustomization, its documents with those of its components, and keys of maps that it makes."""
    text = yaml.safe_load((directory / "kustomization.yaml").read_text())
    found = list(documents(directory / name for name in text["resources"]))
    maps = {entry["name"]: entry["files"] for entry in text.get("configMapGenerator", [])}
    for component in text.get("components", []):
        found += kustomized(directory / component)[1]
    return text.get("namespace"), found, maps


def made_by(words):
    """What a command makes: documents with their files, and the keys of everything by kind and name; the namespace."""
    namespace = words[words.index("-n") + 1] if "-n" in words else "default"
    maps, found = {}, []
    if "-k" in words:
        namespace, found, maps = kustomized(known_settings.ROOT / words[words.index("-k") + 1])
    elif "-f" in words:
        found = list(documents([known_settings.ROOT / words[words.index("-f") + 1]]))
        namespace = found[0][1]["metadata"].get("namespace", namespace)
    keys = {(document["kind"], document["metadata"].get("name")): [] for _, document in found}
    keys |= {("ConfigMap", name): files for name, files in maps.items()}
    files = [word.partition("=")[2] for word in words if word.startswith("--from-file=")]
    if "configmap" in words:
        keys["ConfigMap", words[words.index("configmap") + 1]] = files
    if "secret" in words:
        keys["Secret", words[words.index("generic") + 1]] = files
    return found, keys, namespace


def check_order():
    """README.md, command by command: what each names is there, made before it or by it, and a job has ended."""
    commands = list(commands_of(HERE / "README.md"))
    there, made, job = {}, set(), None
    for words in commands:
        if "wait" in words and "--for=condition=Complete" in words:
            job = None
        if not {"apply", "create"} & set(words):
            continue
        found, keys, namespace = made_by(words)
        there |= {(namespace if what[0] != "Namespace" else "", *what): names for what, names in keys.items()}
        made |= {file for file, _ in found}
        complaints = [f"nothing waits for the job of {job}"] if job else []
        job = next((file for file, document in found if document["kind"] == "Job"), None)
        if {kind for kind, _ in keys} != {"Namespace"} and ("", "Namespace", namespace) not in there:
            complaints.append(f"there is no namespace {namespace}")
        for file, document in found:
            for kind, name, key in dict.fromkeys([*named_in(document), *files_in(document)]):
                if (namespace, kind, name) not in there:
                    complaints.append(f"{file}: there is no {kind} {name}")
                elif key and key not in there[namespace, kind, name]:
                    complaints.append(f"{file}: {kind} {name} has no {key}")
        yield from (f"README.md: kubectl {shlex.join(words)}: {complaint}" for complaint in complaints)
    left = {file for file, _ in documents(HERE.rglob("*.yaml"))} - made
    yield from (f"README.md: no command applies {file}" for file in sorted(left))
    rest = iter(commands)
    for words in commands_of(known_settings.ROOT / "docs/operators.md"):
        if words not in rest:
            yield f"docs/operators.md: kubectl {shlex.join(words)}: not in README.md, or not in this order"


def check(found):
    """Everything that is wrong."""
    settings, wrong = known_settings.configuration((HERE / "daybook.conf").read_text())
    yield from (f"daybook.conf: {complaint}" for complaint in wrong)
    pods = [pod[0] for _, document in found if (pod := pod_of(document))]
    names = {document["metadata"].get("name") for _, document in found}
    for file, document in found:
        pod, complaints = pod_of(document), []
        if pod:
            for container in pod[1]["containers"]:
                complaints += check_container(pod[1], container)
                for port in container.get("ports", []):
                    if not settings["metrics_listen"].endswith(f":{port['containerPort']}"):
                        complaints.append(f"port {port['containerPort']} is not that of metrics_listen")
                    grace = pod[1]["terminationGracePeriodSeconds"]
                    if grace < int(settings["drain_timeout"]) + LEAVING_SECONDS:
                        complaints.append(f"terminationGracePeriodSeconds {grace} is too near to drain_timeout")
        complaints += selected(document, pods)
        if document["kind"] == "ScaledObject":
            complaints += check_scaling(document, names, settings)
        yield from (f"{file}: {document['kind']}: {complaint}" for complaint in complaints)
    yield from check_jobs(found)


def check_schemas(found, versions):
    """By kubernetes-validate; documents of other groups are left to --crd."""
    import kubernetes_validate

    for version in versions:
        for file, document in found:
            named = document | {"metadata": {"name": "generated"} | document["metadata"]}
            try:
                kubernetes_validate.validate(named, version, strict=True)
            except kubernetes_validate.SchemaNotFoundError:
                if "." not in document["apiVersion"] or document["apiVersion"].split("/")[0].endswith(".k8s.io"):
                    yield f"{file}: Kubernetes {version} has no {document['kind']} {document['apiVersion']}"
            except kubernetes_validate.ValidationError as error:
                yield f"{file}: {document['kind']} for {version}: {error.message} at {list(error.path)}"


def strict(schema):
    """A structural schema, in which what is not named is refused."""
    if isinstance(schema, dict):
        schema = {key: strict(value) for key, value in schema.items()}
        if "properties" in schema and "additionalProperties" not in schema and schema.get("type") == "object":
            if not schema.get("x-kubernetes-preserve-unknown-fields"):
                schema["additionalProperties"] = False
        if schema.get("x-kubernetes-int-or-string"):
            schema.pop("type", None)
    elif isinstance(schema, list):
        schema = [strict(value) for value in schema]
    return schema


def check_custom(found, paths):
    """By the schemas in CustomResourceDefinitions."""
    import jsonschema

    schemas = {}
    for path in paths:
        definition = yaml.safe_load(path.read_text())["spec"]
        for version in definition["versions"]:
            key = f"{definition['group']}/{version['name']}", definition["names"]["kind"]
            schemas[key] = strict(version["schema"]["openAPIV3Schema"])
            schemas[key]["properties"]["metadata"] = {"type": "object"}
    used = set()
    for file, document in found:
        key = document["apiVersion"], document["kind"]
        if key in schemas:
            used.add(key)
            for error in jsonschema.Draft7Validator(schemas[key]).iter_errors(document):
                yield f"{file}: {document['kind']}: {error.message} at {list(error.path)}"
    yield from (f"no document is a {kind}" for key, kind in schemas.keys() - used)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schemas", default="", metavar="VERSION,...")
    parser.add_argument("--crd", action="append", default=[], type=pathlib.Path, metavar="FILE")
    parser.add_argument("--rendered", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()
    # What a person starts is not part of what kustomize makes.
    paths = [options.rendered, HERE / "migrate-job.yaml"] if options.rendered else sorted(HERE.rglob("*.yaml"))
    found = list(documents(paths))
    wrong = [*check(found), *check_order(), *(check_custom(found, options.crd) if options.crd else [])]
    if options.schemas:
        wrong += check_schemas(found, options.schemas.split(","))
    print("\n".join(wrong) or f"ops/kubernetes: {len(found)} documents fit")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
