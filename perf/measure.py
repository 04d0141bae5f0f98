# SPDX-License-Identifier: Apache-2.0
"""measure.py COMMAND...: run a command; print its wall clock and CPU seconds and its peak memory in MiB.

The numbers go to standard output in one line; the command's own output goes to standard error. The
peak is the kernel's own high-water mark of the process (ru_maxrss), not a sample.
"""
import resource
import subprocess
import sys
import time

began = time.monotonic()
code = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode
seconds = time.monotonic() - began
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{seconds:.3f} {usage.ru_utime + usage.ru_stime:.3f} {usage.ru_maxrss / 1024:.0f}")
sys.exit(code)
