# SPDX-License-Identifier: Apache-2.0
"""at_terminal.py COMMAND...: run a command whose standard input is a terminal, at which somebody answers "yes".

Commands that change what cannot be taken back ask, and refuse to run where nobody can answer.
"""
import os
import pty
import subprocess
import sys

ours, theirs = pty.openpty()
os.write(ours, b"yes\n" * 4)
sys.exit(subprocess.run(sys.argv[1:], stdin=theirs).returncode)
