#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""render_dashboards.py: draws the dashboards of ops/grafana as SVG, from what a Prometheus answers.

  --prometheus URL   where to ask
  --output DIR       where the SVGs go
  --minutes N        how far back (default 15)
  NAME...            which dashboards (default: all that ask Prometheus)

For people who want to see a panel without Grafana: one without an answer is named. Panels of SQL are left out. Needs
matplotlib.
"""
import argparse
import datetime
import json
import math
import pathlib
import re
import time
import urllib.parse
import urllib.request

import matplotlib

from check_dashboards import ROOT, filled

matplotlib.use("svg")
matplotlib.rcParams.update({
    "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 8, "axes.spines.top": False,
    "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.3, "lines.linewidth": 1.2})
from matplotlib import dates, gridspec, pyplot, ticker  # noqa: E402: the settings come first

COLUMNS = 24  # of Grafana's grid
POINTS = 120  # of a line
LEGENDS_MAX = 6


def ask(url, path, **parameters):
    query = urllib.parse.urlencode(parameters)
    with urllib.request.urlopen(f"{url.rstrip('/')}/api/v1/{path}?{query}", timeout=30) as answer:
        return json.load(answer)["data"]["result"]


def in_words(value, unit):
    """As Grafana would write it, roughly."""
    if math.isnan(value):
        return "NaN"
    if unit == "percentunit":
        return f"{100 * value:.3g} %"
    if unit == "s":
        if abs(value) < 1:
            return f"{1000 * value:.3g} ms"
        return f"{value:.3g} s" if value < 600 else f"{value / 3600:.1f} h"
    base, names = (1024, ["B", "KiB", "MiB", "GiB", "TiB"]) if unit == "bytes" else (1000, ["", " K", " M", " G", " T"])
    for name in names:
        if abs(value) < base or name == names[-1]:
            return f"{value:.3g}" + (f" {name}" if unit == "bytes" else name) + ("/s" if unit in ("cps", "ops") else "")
        value /= base


def legend(pattern, labels):
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: labels.get(match[1], ""), pattern) if pattern else \
        ", ".join(f"{name}={value}" for name, value in labels.items() if name != "__name__")


def draw_lines(axes, panel, url, start, end):
    unit = panel["fieldConfig"]["defaults"].get("unit")
    count = 0
    for target in panel["targets"]:
        step = (end - start) / POINTS
        for line in ask(url, "query_range", query=filled(target["expr"]), start=start, end=end, step=step):
            times = [datetime.datetime.fromtimestamp(at, datetime.timezone.utc) for at, _ in line["values"]]
            label = legend(target.get("legendFormat", ""), line["metric"]) if count < LEGENDS_MAX else None
            axes.plot(times, [float(value) for _, value in line["values"]], label=label)
            count += 1
    if not count:
        return nothing(axes)
    axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: in_words(value, unit)))
    axes.xaxis.set_major_formatter(dates.DateFormatter("%H:%M"))
    axes.xaxis.set_major_locator(ticker.MaxNLocator(4))
    bottom, top = axes.get_ylim()
    axes.set_ylim(min(0, bottom), top + 0.2 * (top - min(0, bottom)))
    axes.legend(frameon=False, fontsize=6, loc="upper left")
    return True


def draw_number(axes, panel, url, end):
    unit = panel["fieldConfig"]["defaults"].get("unit")
    answers = [line for target in panel["targets"]
               for line in ask(url, "query", query=filled(target["expr"]), time=end)]
    if not answers:
        return nothing(axes)
    axes.axis("off")
    axes.text(0.5, 0.4, in_words(float(answers[0]["value"][1]), unit), ha="center", va="center", fontsize=16)
    return True


def nothing(axes):
    axes.axis("off")
    axes.text(0.5, 0.4, "no data", ha="center", va="center", color="grey")
    return False


def draw(board, url, minutes, path):
    """Where a panel has no answer, its title."""
    end = time.time()
    panels = [panel for panel in board["panels"] if any("expr" in target for target in panel.get("targets", []))]
    rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    figure = pyplot.figure(figsize=(16, rows * 0.4))
    figure.suptitle(board["title"], x=0.01, y=0.998, ha="left", fontsize=12)
    grid = gridspec.GridSpec(rows, COLUMNS, figure, left=0.03, right=0.99, top=1 - 1.5 / rows, bottom=1 / rows,
                             hspace=6, wspace=2.5)
    empty = []
    for panel in panels:
        place = panel["gridPos"]
        axes = figure.add_subplot(grid[place["y"]:place["y"] + place["h"], place["x"]:place["x"] + place["w"]])
        axes.set_title(panel["title"], loc="left", fontsize=8)
        has_answer = draw_lines(axes, panel, url, end - 60 * minutes, end) if panel["type"] == "timeseries" else \
            draw_number(axes, panel, url, end)
        if not has_answer:
            empty.append(panel["title"])
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return empty


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prometheus", metavar="URL", required=True)
    parser.add_argument("--output", metavar="DIR", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", metavar="N", type=int, default=15)
    parser.add_argument("names", metavar="NAME", nargs="*", default=["pipeline", "partitions", "database"])
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    for name in arguments.names:
        board = json.loads((ROOT / "ops/grafana" / f"{name}.json").read_text())
        path = arguments.output / f"{name}.svg"
        empty = draw(board, arguments.prometheus, arguments.minutes, path)
        print(f"{path}" + (f": no data for {', '.join(empty)}" if empty else ""))


if __name__ == "__main__":
    main()
