# SPDX-License-Identifier: Apache-2.0
"""runbook_commands.py FILE: the commands of a runbook, each behind its kind and ended by NUL.

First those of its blocks, in their order (sh, sql): a block is fenced, or indented by four. Of a shell's block each
command is one, with its continued lines, its quoted lines and its here-document; of SQL the whole block. Lines of
comments are none, and what programs print (PRINTED) is none; a comment `# or: …` has others (or). Then those of its
text (text): whole commands between backticks (MENTIONED), each once.
"""
import re
import sys

FENCE = re.compile(r"( *)```(\w*)$")
HERE_DOCUMENT = re.compile(r"<<-?\s*'?(\w+)'?")
PRINTED = re.compile(r"(warn |daybook: )")
OTHERS = re.compile(r"  # or: (.*)")
MENTIONED = re.compile(r"`(daybook [^`]* --[^`]*|(?:SELECT|VACUUM|ANALYZE|ALTER|GRANT|ROLLBACK|CONFIG) [^`]*)`")


def blocks(lines):
    """(language, lines) of every block."""
    lines = iter(lines)
    found, before = [], ""
    for line in lines:
        fence = FENCE.match(line)
        if fence:
            found = []
            for line in lines:
                if line.strip() == "```":
                    break
                found.append(line.removeprefix(fence[1]))
            yield fence[2], found
            found = []
        elif line.startswith("    ") and (found or not before):
            found.append(line[4:])
            continue
        if found:
            yield "sql" if found[0].startswith("BEGIN;") else "sh", found
        found, before = [], line.strip()
    if found:
        yield "sh", found


def is_open(text):
    """Whether a quotation or a line goes on behind this text."""
    quote, at = "", 0
    while at < len(text):
        character = text[at]
        if character == "\\" and quote != "'":
            at += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "#" and (at == 0 or text[at - 1].isspace()):
            at = text.find("\n", at)
            if at < 0:
                break
        at += 1
    return bool(quote) or text.endswith("\\")


def commands(lines):
    lines = iter(lines)
    for line in lines:
        if not line.strip() or line.startswith("#") or PRINTED.match(line):
            continue
        command = line
        while is_open(command):
            command += "\n" + next(lines, "'\"")
        here = HERE_DOCUMENT.search(command)
        while here and not command.endswith("\n" + here[1]):
            command += "\n" + next(lines, here[1])
        yield command


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    found = []
    for language, block in blocks(text.split("\n")):
        if language == "sql":
            found.append("sql " + "\n".join(block))
            continue
        for command in commands(block):
            found.append("sh " + command)
            others = OTHERS.search(command)
            found += ["or " + other for other in others[1].split(", ")] if others else []
    mentioned = dict.fromkeys(MENTIONED.findall(" ".join(text.split())))
    found += ["text " + command for command in mentioned
              if not any(other.startswith("sh " + command) for other in found)]
    print("\0".join(found), end="\0")


main()
