# SPDX-License-Identifier: Apache-2.0
"""The files of perf/figures/data."""
import csv
import sys


def write(path, lines):
    """Prints each line when it is there, and replaces the file when all are."""
    kept = []
    for line in lines:
        kept.append(line)
        print(", ".join(f"{key} {value}" for key, value in line.items()), file=sys.stderr)
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, kept[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
