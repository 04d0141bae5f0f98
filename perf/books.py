# SPDX-License-Identifier: Apache-2.0
"""What a database must hold after a measured run: the sums of the load, exactly."""
MEASURES = ("cost", "records", "failed_records", "unpriced_records", "input_tokens", "output_tokens",
            "cache_read_input_tokens", "cache_creation_input_tokens", "reasoning_output_tokens", "estimated_records",
            "estimated_cost")

DAILY = f"""
SELECT count(*) FROM (
  SELECT tenant_id, (occurred_at AT TIME ZONE 'UTC')::date AS day, coalesce(project_id, '') AS project_id, provider,
    coalesce(response_model, request_model) AS model, service_tier,
    CASE WHEN cost IS NULL THEN 'XXX' ELSE currency::text END AS currency, coalesce(sum(cost), 0) AS cost,
    count(*) AS records, count(*) FILTER (WHERE status = 'failure') AS failed_records,
    count(*) FILTER (WHERE cost IS NULL) AS unpriced_records, coalesce(sum(input_tokens), 0) AS input_tokens,
    coalesce(sum(output_tokens), 0) AS output_tokens, sum(cache_read_input_tokens) AS cache_read_input_tokens,
    sum(cache_creation_input_tokens) AS cache_creation_input_tokens,
    sum(reasoning_output_tokens) AS reasoning_output_tokens,
    count(*) FILTER (WHERE usage_source = 'estimated') AS estimated_records,
    coalesce(sum(cost) FILTER (WHERE usage_source = 'estimated'), 0) AS estimated_cost
  FROM invocations GROUP BY 1, 2, 3, 4, 5, 6, 7) AS r
FULL JOIN (SELECT tenant_id, day, project_id, provider, model, service_tier, currency::text, {', '.join(MEASURES)}
  FROM costs_daily) AS c USING (tenant_id, day, project_id, provider, model, service_tier, currency)
WHERE ({', '.join('r.' + name for name in MEASURES)}) IS DISTINCT FROM ({', '.join('c.' + name for name in MEASURES)})
"""
MONTHLY = f"""
SELECT count(*) FROM (
  SELECT tenant_id, date_trunc('month', day)::date AS month, project_id, provider, model, service_tier, currency,
    {', '.join(f'sum({name}) AS {name}' for name in MEASURES)}
  FROM costs_daily GROUP BY 1, 2, 3, 4, 5, 6, 7) AS r
FULL JOIN costs_monthly AS c USING (tenant_id, month, project_id, provider, model, service_tier, currency)
WHERE ({', '.join('r.' + name for name in MEASURES)}) IS DISTINCT FROM ({', '.join('c.' + name for name in MEASURES)})
"""


class Wrong(Exception):
    """The books are not those of the load."""


def expect(what, found, wanted):
    if found != wanted:
        raise Wrong(f"{what}: {found}, not {wanted}")


def one(database, query):
    return database.execute(query).fetchone()


def rows(database, load, table="invocations"):
    expect("rows", one(database, f"SELECT count(*) FROM {table}")[0], load["unique"])


def rollups(database):
    expect("days that differ from the rows", one(database, DAILY)[0], 0)
    expect("months that differ from the days", one(database, MONTHLY)[0], 0)


def money(database, load):
    found = database.execute("SELECT currency::text, trim_scale(sum(cost))::text FROM invocations WHERE cost IS NOT NULL "
                             "GROUP BY 1").fetchall()
    expect("cost of the rows", dict(found), load["cost_by_currency"])


def of_daybook(database, load, table):
    """The four sums: counted, stored, money, positions."""
    counted = one(database, "SELECT sum(seen)::bigint, sum(stored)::bigint, sum(duplicates)::bigint, "
                            "sum(rejected)::bigint FROM ingest_batches")
    expect("seen, stored, duplicates, rejected", counted,
           (load["produced"], load["unique"], load["duplicates"], load["rejected"]))
    rows(database, load, table)
    expect("refused records", one(database, "SELECT count(*) FROM rejected_records")[0], load["rejected"])
    expect("offsets", one(database, "SELECT sum(next_offset)::bigint FROM ingest_offsets")[0], load["produced"])
    expect("changed offsets", one(database, "SELECT count(*) FROM offset_changes")[0], 0)
    money(database, load)
    rollups(database)


def of_peer(database, load):
    """The same, as far as it keeps books. It does not see everything that is wrong with a bad record."""
    stored, duplicates, rejected, position = one(
        database, "SELECT sum(stored)::bigint, sum(duplicates)::bigint, sum(rejected)::bigint, "
                  "sum(next_offset)::bigint FROM peer_offsets")
    expect("offsets", position, load["produced"])
    expect("stored, duplicates, rejected", stored + duplicates + rejected, load["produced"])
    expect("rows", one(database, "SELECT count(*) FROM invocations")[0], stored)
    rollups(database)
    if not load["rejected"]:
        expect("stored", stored, load["unique"])
        money(database, load)


def of_copy(database, load):
    rows(database, load)
