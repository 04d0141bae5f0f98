#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_dashboards.py: what the dashboards of ops/grafana ask for exists.

Metrics that begin with daybook_, and their labels, are compared with docs/metrics.md; those of exporters with the list
below; tables and columns of SQL with schemas/views/reporting. Each metric of Daybook has a panel. Also what makes an
import fail or look wrong.

  --rules            print the expressions as recording rules, for promtool check rules
  --sql              print the SQL with values for its variables, for psql
  --prometheus URL   ask a Prometheus each expression; those of Daybook must have an answer, or stand in --empty
  --empty NAME,...   metrics that may have no samples there
"""
import argparse
import json
import pathlib
import re
import sys
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
# postgres_exporter 0.20.1, pgbouncer_exporter 0.12 and every Prometheus client.
EXPORTERS = set("""
pg_up pg_settings_max_connections pg_stat_activity_count pg_stat_activity_max_tx_duration pg_stat_database_numbackends
pg_stat_database_blks_hit pg_stat_database_blks_read pg_stat_database_xact_commit pg_stat_database_xact_rollback
pg_stat_database_deadlocks pg_stat_database_temp_bytes pg_database_wraparound_age_datfrozenxid_seconds
pg_stat_statements_seconds_total pg_stat_statements_calls_total pg_replication_lag_seconds
pg_stat_replication_pg_wal_lsn_diff pg_replication_slots_pg_wal_lsn_diff pg_wal_size_bytes
pg_stat_user_tables_n_dead_tup pg_stat_user_tables_n_live_tup pg_stat_user_tables_table_size_bytes
pgbouncer_pools_client_waiting_connections pgbouncer_pools_client_maxwait_seconds
pgbouncer_pools_server_active_connections pgbouncer_pools_server_idle_connections
process_cpu_seconds_total process_resident_memory_bytes
""".split())
SOURCES = {"prometheus", "grafana-postgresql-datasource"}
KINDS = {"row", "stat", "timeseries", "table"}
TARGET_LABELS = {"job", "instance"}
WORDS = {"by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "bool", "offset"}
GROUPS = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
SELECTOR = re.compile(r"([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?\s*(\(?)")
SQL_WORDS = set("""
select distinct int from where and or not null is in between group by order asc desc limit as on date timestamp timestamptz
double precision month nulls last
""".split())
VALUES = {"__rate_interval": "5m", "__interval": "1m", "currency": "USD", "tenant": "'acme', 'initech'"}


def declared_metrics():
    """Name and labels of each series of docs/metrics.md."""
    found = {}
    for line in (ROOT / "docs/metrics.md").read_text().splitlines():
        row = re.fullmatch(r"\| `(\w+)` \| (\w+) \| (.*?) \| .* \|", line)
        if row:
            labels = set(re.findall(r"`(\w+)`", row[3]))
            names = {row[1]: labels}
            if row[2] == "histogram":
                names = {row[1] + "_bucket": labels | {"le"}, row[1] + "_sum": labels, row[1] + "_count": labels}
            found |= names
    return found


def declared_views():
    """The columns of each view of schema reporting."""
    found = {}
    for path in (ROOT / "schemas/views/reporting").glob("*.sql"):
        for view, column in re.findall(r"^COMMENT ON COLUMN reporting\.(\w+)\.(\w+)", path.read_text(), re.M):
            found.setdefault(view, set()).add(column)
    return found


def filled(text):
    """The text with values for Grafana's variables and macros."""
    text = text.replace("$__timeFrom()", "'2026-10-01T00:00:00Z'").replace("$__timeTo()", "'2026-12-01T00:00:00Z'")
    return re.sub(r"\$\{?(\w+)\}?", lambda match: VALUES.get(match[1], ".*"), text)


def check_expression(expression, legend, metrics):
    """What is wrong with a PromQL expression."""
    groups = [label.strip() for _, list in GROUPS.findall(expression) for label in list.split(",") if label.strip()]
    rest = re.sub(r"\[[^\]]*\]", "[]", GROUPS.sub(" ", re.sub(r'"[^"]*"', '""', expression)))
    labels, ours = set(TARGET_LABELS), True
    for match in SELECTOR.finditer(rest):
        name, selector, call = match.groups()
        if call or name in WORDS or rest[match.start() - 1 : match.start()].isdigit():
            continue
        if name not in metrics:
            ours = False
            if name not in EXPORTERS:
                yield f"no metric is called {name}"
            continue
        allowed = metrics[name] | TARGET_LABELS
        labels |= allowed
        for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector or ""):
            if label not in allowed:
                yield f"{name} has no label {label}"
        read = re.search(r"\b(rate|increase|group)\s*\(\s*$", rest[: match.start()])
        if re.search(r"_(total|bucket|sum|count)$", name) and not read:
            yield f"{name} only grows: take its rate or its increase"
    if ours:
        for label in groups + re.findall(r"\{\{(\w+)\}\}", legend):
            if label not in labels:
                yield f"no metric of {expression} has a label {label}"


def check_sql(sql, views):
    """What is wrong with a statement over schema reporting."""
    text = re.sub(r"'[^']*'", "''", filled(sql).replace(".*", ""))
    tables = re.findall(r"\bFROM\s+([\w.]+)", text)
    columns = {match.strip('"') for match in re.findall(r'\bAS\s+("[^"]*"|\w+)', text)}
    for table in tables:
        schema, _, view = table.rpartition(".")
        if schema != "reporting" or view not in views:
            yield f"no view is called {table}"
        columns |= views.get(view, set())
    text = re.sub(r'"[^"]*"|\breporting\.\w+|\b\w+(?=\()', " ", text)
    for word in re.findall(r"[a-z_]\w*", text, re.I):
        if word.lower() not in SQL_WORDS and word not in columns:
            yield f"{' and '.join(tables)} has no column {word}"


def check_shape(board):
    """What makes an import fail or look wrong."""
    if not re.fullmatch(r"daybook-[a-z]+", board["uid"]) or board.get("id") is not None:
        yield "a stable uid daybook-… and no id"
    if board["schemaVersion"] < 36:
        yield "schemaVersion is older than Grafana 10"
    ids = [panel["id"] for panel in board["panels"]]
    if len(ids) != len(set(ids)):
        yield "two panels have one id"
    taken = {}
    for panel in board["panels"]:
        name, place = panel["title"], panel["gridPos"]
        if panel["type"] not in KINDS:
            yield f"{name}: a panel of type {panel['type']}"
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                if x > 23 or (x, y) in taken:
                    yield f"{name} does not fit beside {taken.get((x, y), 'the edge')}"
                    return
                taken[x, y] = name
        if panel["type"] != "row" and not panel["fieldConfig"]["defaults"].get("unit"):
            yield f"{name} has no unit"
    for source in sources(board):
        if source["uid"] != "${datasource}" or source["type"] not in SOURCES:
            yield f"a data source that is not chosen at the top: {source}"


def sources(node):
    """Every data source that something names."""
    if isinstance(node, dict):
        if isinstance(node.get("datasource"), dict):
            yield node["datasource"]
        for value in node.values():
            yield from sources(value)
    elif isinstance(node, list):
        for value in node:
            yield from sources(value)


def questions(board):
    """Where, kind (promql or sql), text and legend of all that is asked."""
    for variable in board["templating"]["list"]:
        query = variable["query"]
        if variable["type"] == "query" and isinstance(query, dict):
            metric, label = re.fullmatch(r"label_values\((.*), (\w+)\)", query["query"]).groups()
            yield f"${variable['name']}", "promql", f"group by ({label}) ({metric})", ""
        elif variable["type"] == "query":
            yield f"${variable['name']}", "sql", query, ""
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            kind = "promql" if "expr" in target else "sql"
            text = target["expr"] if kind == "promql" else target["rawSql"]
            yield panel["title"], kind, text, target.get("legendFormat", "")


def ask(url, expression):
    """How many series Prometheus answers with."""
    query = urllib.parse.urlencode({"query": filled(expression)})
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/api/v1/query?{query}", timeout=10) as answer:
            return len(json.load(answer)["data"]["result"])
    except urllib.error.HTTPError as error:
        raise ValueError(json.load(error)["error"]) from None


def check_answers(url, empty, asked):
    """What a live Prometheus has no answer to."""
    for where, kind, text, _ in asked:
        if kind != "promql":
            continue
        try:
            count = ask(url, text)
        except ValueError as error:
            yield f"{where}: {error}: {text}"
            continue
        names = set(re.findall(r"\bdaybook_\w+", text))
        if not count and names and not any(re.sub("_(bucket|sum|count)$", "", name) in empty for name in names):
            yield f"{where}: no answer to {filled(text)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", action="store_true")
    parser.add_argument("--sql", action="store_true")
    parser.add_argument("--prometheus", metavar="URL")
    parser.add_argument("--empty", metavar="NAME,...", default="")
    arguments = parser.parse_args()
    boards = {path: json.loads(path.read_text()) for path in sorted((ROOT / "ops/grafana").glob("*.json"))}
    asked = [(f"{path.name}: {where}", *more) for path, board in boards.items() for where, *more in questions(board)]
    if arguments.rules:
        rules = [{"record": f"check:{n}", "expr": filled(q[2])} for n, q in enumerate(asked) if q[1] == "promql"]
        print(json.dumps({"groups": [{"name": "dashboards", "rules": rules}]}))
        return
    if arguments.sql:
        print(*(filled(q[2]) for q in asked if q[1] == "sql"), sep=";\n", end=";\n")
        return
    metrics, views = declared_metrics(), declared_views()
    faults = [f"{path.name}: {fault}" for path, board in boards.items() for fault in check_shape(board)]
    uids = [board["uid"] for board in boards.values()]
    faults += ["two dashboards have one uid"] * (len(uids) != len(set(uids)))
    for where, kind, text, legend in asked:
        found = check_expression(text, legend, metrics) if kind == "promql" else check_sql(text, views)
        faults += [f"{where}: {fault}" for fault in found]
    shown = " ".join(text for _, kind, text, _ in asked if kind == "promql")
    faults += [f"no panel shows {name}" for name in metrics
               if not re.search(rf"\b{re.sub('_(bucket|sum|count)$', '', name)}(_bucket|_sum|_count)?\b", shown)]
    if arguments.prometheus:
        faults += check_answers(arguments.prometheus, set(arguments.empty.split(",")), asked)
    if faults:
        sys.exit("\n".join(faults))
    print(f"{len(boards)} dashboards, {len(asked)} questions")


if __name__ == "__main__":
    main()
