# SPDX-License-Identifier: Apache-2.0
"""interrupt.py WORD COMMAND...: run a command as a terminal does, press Ctrl-C when it prints WORD, and expect 130.

A shell's background processes ignore SIGINT, so that no shell can test this.
"""
import os
import signal
import subprocess
import sys


def main():
    word, command = sys.argv[1], sys.argv[2:]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    printed = []
    for line in process.stderr:
        printed.append(line)
        if line.startswith(word):
            os.killpg(process.pid, signal.SIGINT)
            word = "\0"
    code = process.wait()
    if word != "\0" or code != 130:
        sys.exit("".join(printed) + f"interrupt: exit code {code}")


main()
