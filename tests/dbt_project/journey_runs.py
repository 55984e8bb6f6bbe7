"""The compiled SQL of journeys, run straight in DuckDB, day after day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml

from sluice.models.journey import JourneyConfig
from sluice.orchestration.dbt.runner import Dbt
from tests.dbt_project.journey_project import JourneyProject

BARE: dict[str, Any] = {
    "label": {"en": "J", "zh": "J"},
    "owner": "growth",
    "version": 1,
    "starts_on": "2026-06-01",
    "start": "stay",
    "nodes": {"stay": {"wait": "1 hour", "next": "done"}, "done": {"exit": "finished"}},
}
MARK = datetime(2031, 1, 1, 1, 1, 1)  # stands for as_of in the compiled SQL
BEFORE = (
    *("coupons_spring", "coupons_autumn", "owners_sales", "owners_desk"),
    "int_journey_orders",
    "int_journey_handovers",
    "int_journey_last_moves",
    "int_journey_standing",
    "int_journey_messages",
    "int_journey_merged_steps",
    "int_coupons_kept",
    "int_contact_owners",
    "int_coupon_offers",
    "int_owner_offers",
)
KEPT, STANDING = "int_journey_last_moves", "int_journey_standing"
FOLD = f"""
delete from journeys.{KEPT} where enrolment_id in (select enrolment_id from new_rows);
insert into journeys.{KEPT} by name select * from new_rows"""
LAST = ("journey_actions", "int_coupons_given", "int_owner_assignments")
READ = (
    "contact_aliases",
    "contact_attributes",
    "contact_channels",
    "contact_consents",
    "contact_events",
    "contact_scores",
    "contact_tags",
    "dim_contacts",
    "lifecycle_transitions",
    "referrals",
    "score_changes",
    "tag_changes",
)
TABLES = """
create schema if not exists ledger; create schema if not exists journeys;
create schema if not exists activation;
create or replace table ledger.receipts (receipt_id bigint, kind varchar, state varchar, activation varchar,
    delivery_id bigint, subject_id bigint, as_of timestamp);
create or replace table ledger.journey_orders (order_id bigint, action varchar, journey varchar,
    contact_id bigint, from_node varchar, to_node varchar, ordered_at timestamp);
create or replace table journeys.journey_transitions (enrolment_id bigint, journey varchar,
    version integer, contact_id bigint, step integer, from_node varchar, to_node varchar,
    reason varchar, moved_at timestamp, due_at timestamp, drawn varchar, recorded_at timestamp);
create or replace table journeys.int_journey_last_moves (enrolment_id bigint, journey varchar,
    version integer, contact_id bigint, entered_at timestamp, step integer, node varchar,
    reason varchar, moved_at timestamp, due_at timestamp, recorded_at timestamp,
    move_count bigint);
create or replace table journeys.journey_actions (enrolment_id bigint, step integer,
    journey varchar, version integer, contact_id bigint, node varchar, action varchar,
    subject varchar, points integer, acted_at timestamp, recorded_at timestamp, drawn varchar);
create or replace table journeys.int_coupons_given (enrolment_id bigint, journey varchar,
    pool varchar, code varchar, given_at timestamp, recorded_at timestamp);
create or replace table journeys.int_owner_assignments (contact_id bigint, owner_id varchar,
    team varchar, journey varchar, assigned_at timestamp, recorded_at timestamp);
create or replace table activation.int_journey_decisions (campaign varchar, contact_id bigint,
    enrolment_id bigint, reason varchar, decided_at timestamp);
"""


def compiled(
    tmp_path: Path, home: Path, journeys: dict[str, Any], variables: dict[str, Any] | None = None
) -> Iterator[Any]:
    """(connection, SQL of the models in their order, project) of these journeys."""
    project = JourneyProject(tmp_path / "project", home)
    set_variables(project.folder, variables or {})
    for name, journey in journeys.items():
        JourneyConfig(**journey)
        project.write_journey(name, **journey)
    project.ledger.engine.dispose()
    connection = duckdb.connect(str(project.settings.warehouse.path))
    connection.execute(TABLES)
    connection.close()
    names = [*BEFORE, *(f"steps_{n}" for n in journeys), *LAST]
    sql = Dbt(project.settings).compile(MARK, [*names, *READ])
    connection = duckdb.connect(str(project.settings.warehouse.path))
    connection.execute("set time zone 'UTC'")
    for name in READ:
        connection.execute(f"create or replace view main.{name} as {sql[name]}")
    yield connection, {name: sql[name] for name in names}, project
    connection.close()


def set_variables(folder: Path, variables: dict[str, Any]) -> None:
    """Change vars in dbt_project.yml."""
    path = folder / "dbt_project.yml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    written["vars"] |= variables
    path.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")


def run_day(connection: Any, sql: dict[str, str], now: datetime) -> None:
    """What a build does with the models of journeys."""

    def at(name: str) -> str:
        return sql[name].replace(f"{MARK:%Y-%m-%d %H:%M:%S}", f"{now:%Y-%m-%d %H:%M:%S}")

    for name in (one for one in sql if one not in LAST):
        if name == KEPT:
            connection.execute(f"create or replace temp table new_rows as {at(name)}")
            connection.execute(FOLD)
        else:
            kind = "view" if name == STANDING else "table"
            connection.execute(f"create or replace {kind} journeys.{name} as {at(name)}")
    for name in (n for n in sql if n.startswith("steps_")):
        connection.execute(
            f"insert into journeys.journey_transitions select *, ? as recorded_at from journeys.{name}",
            [now],
        )
    for name in (n for n in LAST if n in sql):
        connection.execute(f"insert into journeys.{name} by name {at(name)}")


def fill(connection: Any, rows: dict[str, list[Any]]) -> None:
    """Put rows into the tables that journeys read, by the columns named here."""
    columns = {
        "dim_contacts": "contact_id, is_deleted, birth_date",
        "contact_channels": "contact_id, active_from_hour, active_until_hour, is_active_hour_known",
        "contact_events": "event_key, contact_id, event_type, is_machine, occurred_at, subject",
    }
    for table, values in rows.items():
        names = f" ({columns[table]})" if table in columns else ""
        marks = ", ".join("?" * len(values[0]))
        connection.executemany(f"insert into input.{table}{names} values ({marks})", values)
