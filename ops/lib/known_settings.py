# SPDX-License-Identifier: Apache-2.0
"""The settings of docs/settings.md, which a test compares with the program, for checks of what sets them."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Flags of commands that are no settings, as far as anything here is started with them.
FLAGS = {"--until-end", "--loop", "--interval", "--help"}


def rows():
    """Key and flag of each setting."""
    text = (ROOT / "docs/settings.md").read_text()
    table = text.split("<!-- table settings -->")[1].split("<!-- end settings -->")[0]
    return re.findall(r"^\| `(\w+)` \| (`--[\w-]+`|none) \|", table, re.M)


KEYS = {key for key, _ in rows()}
SECRETS = {key for key, flag in rows() if flag == "none"}
OPTIONS = {flag.strip("`") for _, flag in rows() if flag != "none"} | FLAGS | {"-X"}


def wrong_key(key):
    """What is wrong with a key of a configuration file."""
    if key.startswith("kafka.") or key in KEYS or key.removesuffix("_file") in SECRETS:
        return None
    return f"{key} is no setting"


def wrong_variable(name):
    """What is wrong with a variable of the environment."""
    if not name.startswith("DAYBOOK_") or name.startswith("DAYBOOK_KAFKA_"):
        return None
    complaint = wrong_key(name.removeprefix("DAYBOOK_").lower())
    return f"{name}: {complaint}" if complaint else None


def wrong_arguments(arguments):
    """What is wrong with the arguments of the program; its tests parse whole command lines of documents."""
    commands = {path.name.removesuffix("Command.swift").lower()
                for path in (ROOT / "Sources/daybook/Commands").rglob("*Command.swift")}
    if not arguments or arguments[0] not in commands:
        yield f"no command: {' '.join(arguments)}"
    yield from (f"no flag: {text}" for text in arguments if text.startswith("-") and text not in OPTIONS)


def configuration(text):
    """Keys and values of a configuration file; what is wrong with it."""
    found, wrong = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith(("#", ";")):
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals or len(line) > 199 or " ;" in line:
            wrong.append(f"line {number}: not key = value, or longer than 199 bytes")
        elif complaint := wrong_key(key):
            wrong.append(f"line {number}: {complaint}")
        found[key] = value
    return found, wrong
