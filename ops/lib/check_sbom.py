# SPDX-License-Identifier: Apache-2.0
"""check_sbom.py FILE: CycloneDX's own library finds the file valid, and each part of it has a version."""
import json
import pathlib
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

text = pathlib.Path(sys.argv[1]).read_text()
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
if fault:
    sys.exit(f"check_sbom: {sys.argv[1]} is not valid CycloneDX 1.6: {fault}")
document = json.loads(text)
parts = document["components"]
if len(parts) < 12 or not all(part.get("version") for part in parts):
    sys.exit(f"check_sbom: {sys.argv[1]} lists {len(parts)} parts, or one without version")
known = {part["bom-ref"] for part in parts} | {document["metadata"]["component"]["bom-ref"]}
unknown = {ref for link in document["dependencies"] for ref in [link["ref"], *link["dependsOn"]]} - known
if unknown:
    sys.exit(f"check_sbom: {sys.argv[1]} depends on what it does not list: {sorted(unknown)}")
