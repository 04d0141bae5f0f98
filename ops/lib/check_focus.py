# SPDX-License-Identifier: Apache-2.0
"""check_focus.py FILE: check a FOCUS 1.2 export with the FinOps Foundation's focus_validator, offline.

Prints the validator's total. Exit code 1 names the rules that fail, other than those listed below, or says that
not every failure is named.
"""
import contextlib
import importlib.abc
import importlib.machinery
import io
import os
import re
import sys

# What of the specification applies to us.
CRITERIA = [
    "ACCOUNT_NAMING_SUPPORTED",
    "MULTIPLE_PRICING_CATEGORIES_SUPPORTED",
    "NEGOTIATED_PRICING_SUPPORTED",
    "PUBLIC_PRICE_LIST_SUPPORTED",
    "SUB_ACCOUNT_SUPPORTED",
    "TAGGING_SUPPORTED",
    "UNIT_PRICING_SUPPORTED",
    "USAGE_MEASUREMENT_SUPPORTED",
]

# Rules of the validator that ask for more than the specification, with the reason.
EXPECTED = {
    r"ConsumedQuantity-C-00[03456]-C": "looks at CommitmentDiscountStatus, which only providers with commitments have",
    r"InvoiceId-C-00[45]-C": "one wants null and the other no null: whether there is an invoice does not stand in the row",
    r"PricingCurrency\w+-C-\d+-[CM]": "asks for prices in a pricing currency although it is the billing currency",
    r"CostAndUsage-D-0(4[678]|5[012456])-C": "the same: presence of the columns PricingCurrency…",
}

CONVERTER = "focus_validator.config_objects.focus_to_duckdb_converter"
NEW_LINE = """", ".join(f"'{k.replace('\\"', '\\"\\"')}'" for k in ignore_keys)"""
OLD_LINE = """", ".join("'" + k.replace('"', '""') + "'" for k in ignore_keys)"""


class OldPython(importlib.machinery.SourceFileLoader):
    """Reads one line as Python before 3.12 has to write it."""

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        source = self.get_data(path).decode().replace(NEW_LINE, OLD_LINE)
        return compile(source, path, "exec")


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path, target=None):
        if fullname != CONVERTER:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        spec.loader = OldPython(fullname, spec.origin)
        return spec


def main():
    file = os.path.abspath(sys.argv[1])
    sys.meta_path.insert(0, Finder())
    import focus_validator

    # It looks for one of its own files below the working directory.
    os.chdir(os.path.dirname(os.path.dirname(focus_validator.__file__)))
    from focus_validator.main import main as validate

    sys.argv = ["focus-validator", "--data-file", file, "--validate-version", "1.2", "--block-download",
                "--applicability-criteria", ",".join(CRITERIA)]
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            validate()
    except SystemExit:
        pass
    text = output.getvalue()
    total = re.search(r"Total: \d+ \| Pass: (\d+) \| Fail: (\d+).*", text)
    if total is None or int(total[1]) == 0:
        sys.exit(f"the validator came to no end:\n{text[-2000:]}")
    print(total[0])
    failed = re.findall(r"^(?:❌|\[FAIL\]) (\S+): FAIL\b *(.*)$", text, re.MULTILINE)
    if len(failed) != int(total[2]):
        sys.exit(f"the validator counts {total[2]} failures and names {len(failed)}: its output is another one")
    unexpected = [f"{rule} {why}" for rule, why in failed
                  if not any(re.fullmatch(pattern, rule) for pattern in EXPECTED)]
    if unexpected:
        sys.exit("\n".join(unexpected))


main()
