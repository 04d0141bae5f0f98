# SPDX-License-Identifier: Apache-2.0
"""contest.py SERVERS DAYBOOK TOPIC LOAD ROUNDS ONLY JSON: the rounds of perf/run.

Each contestant of a round starts from a new database of one template, after a checkpoint, and its books are compared
with what the generator said (books.py). Rates are records a second from the start of its first process to the end of
its last one.
"""
import json
import statistics
import sys

from runs import Runs

TITLES = {
    "copy1": "`psql \\copy`, one stream", "copy2": "`psql \\copy`, two streams", "read": "librdkafka, reading only",
    "daybook1": "Daybook, 1 worker", "daybook2": "Daybook, 2 workers", "daybook2p": "Daybook, 2 processes",
    "python1": "Python, 1 process", "python2": "Python, 2 processes",
}
# A process that is smaller than we are has our own peak: the kernel counts from the fork on.
WITH_MEMORY = ("daybook1", "daybook2", "daybook2p", "python1", "python2")


def spread(values, form):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:{form}} ({low:{form}}–{high:{form}})"


class Report:
    def __init__(self, runs, samples):
        self.runs, self.samples = runs, samples

    def rates(self, name):
        amount = "unique" if name.startswith("copy") else "produced"
        return [self.runs.load[amount] / sample["seconds"] for sample in self.samples[name]]

    def ratio(self, name, other):
        """Round by round, then the median: both halves of a quotient have seen the same machine."""
        if name == other or other not in self.samples:
            return ""
        return spread([a / b for a, b in zip(self.rates(name), self.rates(other))], ".2f")

    def cpu(self, name, who):
        values = [sample["cpu"][who] / self.runs.load["produced"] * 1e6 for sample in self.samples[name]]
        return f"{statistics.median(values):.1f}"

    def table(self):
        yield ("| | of one stream | of two streams | of Python, 2 processes | records/s | CPU of the program, µs a record "
               "| of PostgreSQL | of the pooler | of the broker | peak memory, MiB |")
        yield "| --- |" + " --- |" * 9
        for name in self.samples:
            memory = f"{statistics.median(sample['peak_mib'] for sample in self.samples[name]):.0f}"
            yield "| " + " | ".join([
                TITLES[name], *(self.ratio(name, other) for other in ("copy1", "copy2", "python2")),
                spread(self.rates(name), ",.0f"),
                *(self.cpu(name, who) for who in ("program", "postgres", "pooler", "broker")),
                memory if name in WITH_MEMORY else ""]) + " |"


def main():
    servers, daybook, topic, load, rounds, only, output = sys.argv[1:]
    names = only.split(",") if only else list(TITLES)
    runs = Runs(servers, daybook, topic, comes_and_goes=load == "dirty")
    runs.read_load(f"{servers}/produce.json")
    print("a first ingest, to have the rows as a file", file=sys.stderr)
    runs.measure("daybook1", comes_and_goes=False)
    runs.dump_rows()
    samples = {name: [] for name in names}
    for number in range(1, int(rounds) + 1):
        for name in names:
            sample = runs.measure(name)
            samples[name].append(sample)
            print(f"round {number}: {TITLES[name]}: {sample['seconds']:.2f} s, CPU "
                  + ", ".join(f"{who} {seconds:.2f} s" for who, seconds in sample["cpu"].items()), file=sys.stderr)
    report = Report(runs, samples)
    print("\n".join(report.table()))
    if output:
        with open(output, "w") as file:
            json.dump({"load": load, "produced": runs.load, "samples": samples}, file, indent=1)


main()
