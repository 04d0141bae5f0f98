# SPDX-License-Identifier: Apache-2.0
"""CPU seconds of servers, and programs whose end, CPU and peak memory are measured."""
import os
import subprocess
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")


def stat(pid):
    """The fields of /proc/PID/stat after the name, from the state on; None when the process is gone."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def cpu_seconds(pid):
    """User and system time of a process and of its reaped children."""
    fields = stat(pid)
    return sum(map(int, fields[11:15])) / TICKS if fields else 0


def tree_seconds(pid):
    """The same with its living children, one generation deep. A child that is reaped meanwhile is counted once."""
    while True:
        before = cpu_seconds(pid)
        stats = [stat(name) for name in os.listdir("/proc") if name.isdigit()]
        children = sum(sum(map(int, fields[11:15])) for fields in stats if fields and int(fields[1]) == pid) / TICKS
        if cpu_seconds(pid) == before:
            return before + children


class Program:
    """A running process; `ended` is set when it is over, with `seconds`, `cpu`, `peak_mib` and `code`."""

    def __init__(self, command, log, environment=None):
        self.began = time.monotonic()
        self.ended = threading.Event()
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **(environment or {})})
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self):
        _, status, usage = os.wait4(self.process.pid, 0)
        self.finished = time.monotonic()
        self.seconds = self.finished - self.began
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak_mib = usage.ru_maxrss / 1024
        self.code = os.waitstatus_to_exitcode(status)
        self.process.returncode = self.code
        self.ended.set()

    def age(self):
        return time.monotonic() - self.began

    def resident_mib(self):
        """What it holds at the moment; 0 when it is over."""
        fields = stat(self.process.pid)
        return int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if fields else 0

    def signal(self, number):
        if not self.ended.is_set():
            os.kill(self.process.pid, number)


class Servers:
    """PostgreSQL with all its processes, the pooler and the broker of a directory of ops/lib/servers.sh."""

    def __init__(self, directory):
        self.postgres = self._pid(f"{directory}/postgres15/data/postmaster.pid")
        self.pooler = self._pid(f"{directory}/pooler-transaction/pid")
        self.broker = self._pid(f"{directory}/kafka/pid")

    @staticmethod
    def _pid(path):
        with open(path) as file:
            return int(file.readline())

    def cpu(self):
        return {"postgres": tree_seconds(self.postgres), "pooler": cpu_seconds(self.pooler),
                "broker": cpu_seconds(self.broker)}
