# SPDX-License-Identifier: Apache-2.0
"""at_terminal.py COMMAND...: run a command at a terminal of its own, at which somebody answers "yes".

Commands that change what cannot be taken back ask, and refuse to run where nobody can answer. psql asks for a password at
the terminal itself, and drops what was typed before.
"""
import fcntl
import os
import pty
import select
import subprocess
import sys
import termios

ours, theirs = pty.openpty()


def sit_down():
    os.setsid()
    fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)


os.write(ours, b"yes\n" * 4)
command = subprocess.Popen(sys.argv[1:], stdin=theirs, preexec_fn=sit_down)
while command.poll() is None:
    if select.select([ours], [], [], 0.05)[0] and os.read(ours, 4096).endswith(b": "):
        os.write(ours, b"yes\n")
sys.exit(command.returncode)
