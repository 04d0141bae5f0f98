#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_terraform.py: ops/terraform without Terraform, by the package python-hcl2 of PyPI.

Every file is HCL; what is referred to is declared, and what is declared is used; every variable has a description; no
secret stands in a file; alarms have the thresholds, times and severities of rds.rules.yml among the rules of Prometheus,
where that file is there (wants PyYAML), and each of its rules is an alarm.
"""
import ast
import operator
import pathlib
import re
import sys

import hcl2

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "ops/terraform"
RULES = ROOT / "ops/prometheus" / "rds.rules.yml"
KINDS = ("ephemeral", "data")
WORDS = {"each", "path", "self", "count", "terraform"}
# Arguments whose values must come from elsewhere, and what a key of AWS or a password in a URI looks like.
SECRET = re.compile(r"^\s*(?:password|secret_string|auth_token|secret_key)\s*=\s*\"", re.M)
KEYS = re.compile(r"\bAKIA[0-9A-Z]{16}\b|-----BEGIN|://[^/\s\"]+:[^@\s\"$]+@")
SEVERAL = {"RdsMetricsMissing"}  # a rule about Prometheus, not about RDS
# What the rules of the server itself have (80 and 95 % of max_connections).
OF_SERVER = {"RdsConnectionsNearMax", "RdsConnectionsCritical"}
OPERATORS = {ast.Mult: operator.mul, ast.Add: operator.add, ast.Sub: operator.sub, ast.Div: operator.truediv}


def plain(value):
    """Without the quotes that newer versions of the parser keep."""
    return value.strip('"') if isinstance(value, str) else value


def code(text):
    """The text without comments, and of literals only what is interpolated."""
    text = re.sub(r"^\s*(?:#|//).*$", "", text, flags=re.M)
    return re.sub(r'"((?:[^"\\]|\\.)*)"', lambda match: " ".join(re.findall(r"\$\{(.*?)\}", match[1])), text)


def declarations(trees):
    """Addresses of what is declared, and the blocks of variables and outputs."""
    found, described = set(), []
    for tree in trees.values():
        for block in tree.get("locals", []):
            found |= {f"local.{plain(name)}" for name in block if not name.startswith("__")}
        for kind in ("variable", "output"):
            for block in tree.get(kind, []):
                for name, body in block.items():
                    described.append((kind, plain(name), body))
                    if kind == "variable":
                        found.add(f"var.{plain(name)}")
        for kind in ("resource", *KINDS):
            for block in tree.get(kind, []):
                for type_name, bodies in block.items():
                    prefix = "" if kind == "resource" else f"{kind}."
                    found |= {f"{prefix}{plain(type_name)}.{plain(name)}" for name in bodies if name != "__is_block__"}
    return found, described


def references(text):
    """Addresses that a file refers to."""
    text = code(text)
    loops = set(re.findall(r"\bfor\s+(\w+)", text)) | set(re.findall(r"\bfor\s+\w+\s*,\s*(\w+)", text))
    for match in re.finditer(r"(?<![\w.\"-])((?:data|ephemeral)\.)?([a-z]\w*)\.([a-z]\w*)", text):
        prefix, first, second = match[1] or "", match[2], match[3]
        if first in WORDS | loops or first == "parameter":
            continue
        if prefix or first in ("var", "local") or first.startswith("aws_"):
            yield f"{prefix}{first}.{second}"


def check_references(texts, trees):
    """What is not declared, and what nobody uses."""
    declared, described = declarations(trees)
    used = set()
    for name, text in texts.items():
        for address in references(text):
            used.add(address)
            if address not in declared:
                yield f"{name}: {address} is not declared"
    for address in sorted(declared - used):
        if address.startswith(("var.", "local.", "data.", "ephemeral.")):
            yield f"{address} is not used"
    for kind, name, body in described:
        if not body.get("description"):
            yield f"{kind} {name} has no description"


def number(text, names):
    """The value of an expression of numbers and names."""

    def value(node):
        if isinstance(node, ast.BinOp):
            return OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.Attribute):
            return names[node.attr]
        return node.value

    return float(value(ast.parse(str(text).strip("${} "), mode="eval").body))


def alarms(trees):
    """Each alarm: threshold, minutes and severity."""
    block = next(block for block in trees["alarms.tf"]["locals"] if "alarms" in block)
    units = {name: number(block[name], {}) for name in ("mib", "gib")}
    for group in ("alarms", "slot_alarms", "lag_alarms"):
        for name, alarm in block[group].items():
            alarm = {plain(key): plain(value) for key, value in alarm.items() if not key.startswith("__")}
            bound = alarm.get("above", alarm.get("below"))
            comparison = ">" if "above" in alarm else "<"
            yield plain(name), (comparison, number(bound, units), int(alarm["minutes"]), alarm["severity"])


def rules():
    """The same of the rules of Prometheus."""
    import yaml

    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            match = re.search(r"([<>])\s*([\d.e]+(?:\s*\*\s*\d+)*)\s*(?:unless|$)", " ".join(rule["expr"].split()))
            if rule["alert"] not in SEVERAL and match:
                minutes = int(re.fullmatch(r"(\d+)m", rule["for"])[1])
                yield rule["alert"], (match[1], number(match[2], {}), minutes, rule["labels"]["severity"])


def check_alarms(trees):
    """Where they differ."""
    ours = dict(alarms(trees))
    if not RULES.exists():
        print(f"not compared: {RULES.relative_to(ROOT)} is not there", file=sys.stderr)
        return
    theirs = dict(rules())
    for name in sorted(ours.keys() | theirs.keys()):
        if name in OF_SERVER:
            continue
        if name not in theirs or name not in ours:
            yield f"{name} is {'no rule' if name in ours else 'no alarm'}"
        elif ours[name] != theirs[name]:
            yield f"{name}: alarms.tf has {ours[name]}, rds.rules.yml {theirs[name]}"


def check_secrets(texts):
    """Values that would be secrets."""
    for name, text in texts.items():
        for pattern in (SECRET, KEYS):
            if match := pattern.search(text):
                yield f"{name}: a secret: {match[0].strip()[:20]}…"


def main():
    if sys.argv[1:]:
        print(__doc__, file=sys.stderr)
        sys.exit(0 if sys.argv[1] in ("--help", "-h") else 64)
    texts = {path.name: path.read_text() for path in sorted(HERE.iterdir()) if path.suffix in (".tf", ".tfvars")}
    trees = {}
    for name, text in texts.items():
        try:
            trees[name] = hcl2.loads(text)
        except Exception as error:  # the parser's own, of which there are many
            sys.exit(f"{name}: {str(error).splitlines()[0]}")
    wrong = [*check_references(texts, trees), *check_secrets(texts), *check_alarms(trees)]
    print("\n".join(wrong) or f"ops/terraform: {len(trees)} files fit")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
