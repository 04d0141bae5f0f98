# SPDX-License-Identifier: Apache-2.0
"""check_reporting.py: read the views of schema reporting as the platform's services do, SQLAlchemy 2 with psycopg2.

DAYBOOK_CHECK_URL is the connection (a conninfo of libpq), for instance through PgBouncer in transaction mode.
Prints one line of facts for the test that compares them.
"""
import datetime
import os
from decimal import Decimal

import psycopg2
import sqlalchemy as sa

engine = sa.create_engine(
    "postgresql+psycopg2://", creator=lambda: psycopg2.connect(os.environ["DAYBOOK_CHECK_URL"])
)
metadata = sa.MetaData()
views = sorted(sa.inspect(engine).get_view_names(schema="reporting"))
for view in views:
    table = sa.Table(view, metadata, schema="reporting", autoload_with=engine)
    for column in table.columns:
        assert not isinstance(column.type, sa.types.NullType), f"{view}.{column.name} has no type"
        assert column.comment, f"{view}.{column.name} has no comment"

daily = metadata.tables["reporting.daily_costs"]
billed = metadata.tables["reporting.costs_by_billing_period"]
with engine.connect() as connection:
    for view in views:
        connection.execute(sa.select(metadata.tables[f"reporting.{view}"]).limit(1)).all()
    rows = connection.execute(sa.select(daily).where(daily.c.currency == "USD")).mappings().all()
    for row in rows:
        assert isinstance(row["cost"], Decimal) and row["cost"].as_tuple().exponent == -12, row["cost"]
        assert type(row["charge_day"]) is datetime.date and type(row["billing_month"]) is datetime.date
        assert row["updated_at"].tzinfo is not None
        assert row["charge_day"].replace(day=1) <= row["billing_month"]
    by_row = sum(row["cost"] for row in rows)
    by_server = connection.execute(sa.select(sa.func.sum(billed.c.cost)).where(billed.c.currency == "USD")).scalar()
    assert by_row == by_server, (by_row, by_server)
print(len(views), len(rows), by_row, min(row["cost"] for row in rows))
