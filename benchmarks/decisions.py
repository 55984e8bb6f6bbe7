"""All decisions on the sample company at 100,000 people: scores, stages, tags and segments from
nothing, then after a day with 1 % new events. ``python -m benchmarks.decisions``.

Seconds are of ``dbt build`` in one process, tests of the data included, for the layers scoring,
lifecycle, tags and segments and what they alone read of the layer contacts (facts, activity,
touches, attribution, channels); parsing and what lies below is left out.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from benchmarks.figures import Figure, show
from benchmarks.identity_scale import generate

DECISIONS = [
    *(f"fqn:sluice.{layer}" for layer in ("scoring", "lifecycle", "tags", "segments")),
    *(
        "contact_activity",
        "contact_facts",
        "contact_touches",
        "contact_attribution",
        "contact_channels",
    ),
]
SOURCES = "crm shop webform wechat attendee web email consent"
FIRST_DAY = datetime(2026, 6, 30, 13, tzinfo=UTC)
EVENTS = {
    "ev_web": "anonymous_id",
    "ev_email": "crm_id",
    "ev_wechat": "openid",
    "ev_order": "shop_user_id",
}


def add_events(raw: Path, share: float) -> int:
    """Append the given share of the events of each kind again, as events of the next day. Returns
    how many.
    """
    added = 0
    for name, person in EVENTS.items():
        file, key = raw / f"{name}.parquet", "order_id" if name == "ev_order" else "event_id"
        changed = (
            f"'new ' || {key} as {key}, timestamp '2026-07-01 00:00:00' + (ts - date_trunc('day',"
            " ts)) / 2 as ts"
        )
        changed += ", ts as received_at" if name == "ev_web" else ""
        with duckdb.connect() as connection:
            connection.execute(f"create table t as from '{file}'")
            connection.execute(
                f"insert into t select * replace ({changed}) from t where hash({key}, {person}) %"
                f" 10000 < {share * 10000}"
            )
            added += connection.execute(
                f"select count(*) from t where {key} like 'new %'"
            ).fetchall()[0][0]
            connection.execute(f"copy t to '{file}' (format parquet)")
    return added


def measure(home: Path, raw: Path) -> dict[str, Figure]:
    """Seconds of the first day and of the next."""
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.warehouse.reader import query

    os.environ |= {
        "SLUICE_HOME": str(home),
        "SLUICE_RAW": str(raw),
        "SLUICE_SOURCES": "crm shop webform wechat attendee web email consent",
    }
    settings = load_settings()
    dbt = Dbt(settings)
    first = _day(dbt, FIRST_DAY)
    added = add_events(raw, 0.01)
    second = _day(dbt, FIRST_DAY + timedelta(days=1))
    counted = query(
        settings.warehouse,
        "select (select count(*) from contacts.dim_contacts), (select count(*) from"
        " contacts.contact_events), (select count(*) from segments.segment_members)",
    )[0]
    return {
        **dict(zip(("contacts", "events", "memberships"), counted, strict=True)),
        "added_events": added,
        "first_seconds": first,
        "next_day_seconds": second,
        "next_day_ratio": second / first,
    }


def _day(dbt: object, as_of: datetime) -> float:
    from sluice.orchestration.landing.files import land_files
    from sluice.orchestration.landing.tables import raw_tables

    settings = dbt.settings  # type: ignore[attr-defined]
    tables = raw_tables(dbt.manifest)  # type: ignore[attr-defined]
    land_files(
        settings.warehouse, settings.raw, tables, run_id="benchmark", landed_at=datetime.now(UTC)
    )
    _build(dbt, as_of, ["+fqn:sluice.contacts", "resource_type:seed"])
    started = time.perf_counter()
    _build(dbt, as_of, DECISIONS)
    return time.perf_counter() - started


def _build(dbt: object, as_of: datetime, select: list[str]) -> None:
    results = dbt.build(as_of, select=select, exclude=["tag:cases", "fqn:sluice.reports"])  # type: ignore[attr-defined]
    failed = [f"{r.unique_id}: {r.message}" for r in results if not r.is_success]
    if failed:
        raise SystemExit("\n".join(failed))
    if os.environ.get("BENCH_DETAIL"):
        for result in sorted(results, key=lambda r: -r.seconds)[:25]:
            print(f"{result.seconds:6.2f}  {result.unique_id}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        raw, home = Path(name) / "raw", Path(name) / "home"
        generate(arguments.people, arguments.seed, raw)
        home.mkdir()
        show({"people": arguments.people, **measure(home, raw)}, arguments.json)


if __name__ == "__main__":
    main()
