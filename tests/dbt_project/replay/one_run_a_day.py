"""Runs the decisions of some days in a row and prints a digest of every table after each: ``{day:
{table: [rows, hash]}}``.

``python -m tests.dbt_project.replay.one_run_a_day RAW HOME FIRST DAYS known|all``: with ``known`` each run
finds only the raw rows that there were by then, as a run on the real day would; with ``all`` each
finds all, later ones too, and leaves nothing as it is: what ``known`` keeps of the day before is
judged by it.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from sluice.orchestration.dbt import quick
from sluice.orchestration.dbt.unchanged import BUILT

SOURCES = "crm shop webform wechat attendee web email consent"
LAYERS = ["identity", "contacts", "scoring", "lifecycle", "tags", "segments"]
AS_DELIVERED = {
    "int_events",
    "int_consent_statements",
    "int_consent_readings",
    "int_consents_delivered",
    "int_consents_unread",
    "int_consent_times",
}  # what the sources hold, before the clock is looked at
LOCAL = "- interval 8 hour"  # times of these systems are Asia/Shanghai
TIMES = {
    "src_crm": f"created_at::timestamp {LOCAL}",
    "src_shop": f"registered_at::timestamp {LOCAL}",
    "src_webform": f"submitted_at::timestamp {LOCAL}",
    "src_attendee": f"registered_at::timestamp {LOCAL}",
    "src_wechat": f"subscribe_time::timestamp {LOCAL}",
    "ev_web": "received_at",
    "ev_email": "ts",
    "ev_wechat": "ts",
    "ev_order": "ts",
    "ev_crm_stage": f"changed_at::timestamp {LOCAL}",
    "ev_shop_activity": "ts",
    "ev_crm_activity": "ts",
    "consent": f"changed_at::timestamp {LOCAL}",
    # attributes of records, which say nothing of one that is not known yet
    "src_crm_profile": "timestamp '1970-01-01'",
    "src_shop_profile": "timestamp '1970-01-01'",
}


def write_known(raw: Path, folder: Path, moment: datetime) -> None:
    """The raw tables as they were at a moment: no later rows, and nobody has unfollowed yet who
    will.
    """
    folder.mkdir(exist_ok=True)
    until = f"timestamp '{moment:%Y-%m-%d %H:%M:%S}'"
    for name, time in TIMES.items():
        columns = "*"
        if name == "src_wechat":
            later = f"unsubscribe_time::timestamp {LOCAL} > {until}"
            columns = (
                f"* replace (case when {later} then null else unsubscribe_time end as"
                " unsubscribe_time)"
            )
        with duckdb.connect() as connection:
            source, target = raw / f"{name}.parquet", folder / f"{name}.parquet"
            connection.execute(
                f"copy (select {columns} from '{source}' where {time} <= {until}) to '{target}'"
                " (format parquet)"
            )


def digests(warehouse: Path, tables: list[tuple[str, str]]) -> dict[str, Any]:
    """Rows and an order-free hash of each table."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {
            f"{schema}.{name}": digest(connection, f'{schema}."{name}"') for schema, name in tables
        }


def digest(connection: duckdb.DuckDBPyConnection, table: str) -> list[Any]:
    """Floating numbers to two decimals: a fit adds them up in any order, and ends some 1e-10
    beside.
    """
    types = connection.execute(f"describe {table}").fetchall()
    columns = [
        f'round("{name}", 2)' if kind == "DOUBLE" else f'"{name}"' for name, kind, *_ in types
    ]
    sql = f"select count(*), coalesce(sum(hash({', '.join(columns)})), 0) from {table}"
    count, total = connection.execute(sql).fetchall()[0]
    return [count, str(total)]


def main(raw: Path, home: Path, first: datetime, days: int, how: str) -> dict[str, Any]:
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.landing.files import land_files
    from sluice.orchestration.landing.tables import raw_tables

    os.environ |= {"SLUICE_HOME": str(home), "SLUICE_RAW": str(raw), "SLUICE_SOURCES": SOURCES}
    quick.install(home / "templates")
    settings = load_settings()
    dbt = Dbt(settings)
    manifest = dbt.manifest
    models = [
        n
        for n in manifest["nodes"].values()
        if n["resource_type"] == "model" and n["fqn"][1] in LAYERS
    ]
    tables = sorted(
        (str(n["schema"]), str(n["alias"])) for n in models if n["name"] not in AS_DELIVERED
    )
    found = {}
    for day in range(days):
        moment, folder = first + timedelta(days=day), raw
        if how == "known":
            folder = home / "known"
            write_known(raw, folder, moment)
        land_files(
            settings.warehouse,
            folder,
            raw_tables(manifest),
            run_id="replay",
            landed_at=datetime.now(UTC),
            allow_empty=set(TIMES),
        )
        # the company's own models, of which segments read some, and the package's
        of_company = ["fqn:world.staging", "fqn:world.segments"]
        layers = [*of_company, *(f"fqn:sluice.{layer}" for layer in ["staging", *LAYERS])]
        results = dbt.build(
            moment,
            select=["resource_type:seed", *layers] if day == 0 else layers,
            exclude=["resource_type:test"],
        )
        if how == "all":
            (home / "dbt" / BUILT).unlink()
        failed = [
            f"{result.unique_id}: {result.message}" for result in results if not result.is_success
        ]
        if failed:
            raise SystemExit("\n".join(failed))
        found[moment.isoformat()] = digests(settings.warehouse.path, tables)
    return found


if __name__ == "__main__":
    start = datetime.fromisoformat(sys.argv[3])
    print(
        json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), start, int(sys.argv[4]), sys.argv[5]))
    )
