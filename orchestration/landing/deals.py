"""Landing the deals of CRMs: new versions are appended, stages replaced, and the cursor moves with
the rows it speaks of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from sluice.activations.sources.base import DealSource, DealVersion, ReadError, Stage
from sluice.activations.sources.registry import build_source
from sluice.orchestration.installation.destination_settings import declared
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.push.delivery_target import endpoints
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.warehouse.base import Session, Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse

SCHEMA = "crm_api"
TABLES = f"""
create schema if not exists {SCHEMA};
create table if not exists {SCHEMA}.deals (
    crm varchar, deal_id varchar, name varchar, stage_id varchar, pipeline_id varchar,
        owner_id varchar, amount double,
    currency varchar, contact_key varchar, is_deleted boolean, created_at timestamp,
        updated_at timestamp, landed_at timestamp);
create table if not exists {SCHEMA}.stages (
    crm varchar, pipeline_id varchar, stage_id varchar, label varchar, position integer,
        is_closed boolean, is_won boolean);
create table if not exists {SCHEMA}.cursors (crm varchar, read_to timestamp, read_at timestamp);
"""
VERSION = [field.name for field in fields(DealVersion)]
TYPES = {
    "amount": pa.float64(),
    "is_deleted": pa.bool_(),
    "created_at": pa.timestamp("us"),
    "updated_at": pa.timestamp("us"),
}
COLUMN_TYPES = {
    "amount": "double",
    "is_deleted": "boolean",
    "created_at": "timestamp",
    "updated_at": "timestamp",
}
PAGE_SCHEMA = pa.schema([(name, TYPES.get(name, pa.string())) for name in VERSION])
PAGE_COLUMNS = ", ".join(f"{name} {COLUMN_TYPES.get(name, 'varchar')}" for name in VERSION)
# a version that was landed is not landed again; of two that differ and say the same time, both are
# kept
INSERT = f"""
insert into {SCHEMA}.deals select $crm, {", ".join(VERSION)}, cast($now as timestamp)
    from (select distinct * from page) as p
where not exists (
    select 1 from {SCHEMA}.deals as d
    where d.crm = $crm and
        {" and ".join(f"d.{name} is not distinct from p.{name}" for name in VERSION)})
"""


def read_deals(settings: Settings, now: datetime) -> dict[str, int]:
    """Read every CRM that SLUICE_CRM_READS names.

    Returns the new versions of each; a CRM that cannot be read is reported, stops nothing, and is
    read on from where it was by the next run. Raises ConfigurationError.
    """
    counts: dict[str, int] = {}
    read_cursors(settings.warehouse)  # makes the tables, which the models read whatever comes
    if not settings.crm_reads:
        return counts
    overlap = timedelta(minutes=settings.crm_overlap_minutes)
    with endpoints(settings) as sandbox:
        for crm in sorted(settings.crm_reads):
            source = build_source(crm, sandbox, declared(settings))
            try:
                counts[crm] = land_deals(settings.warehouse, crm, source, overlap=overlap, now=now)
                tell("land", f"{crm}: {counts[crm]} new versions of deals")
            except ReadError as error:
                tell(
                    "land",
                    f"{error.message}; what was landed before stays, and the next run reads on from"
                    " there",
                )
            finally:
                source.close()
    return counts


def land_deals(
    warehouse: Warehouse, crm: str, source: DealSource, *, overlap: timedelta, now: datetime
) -> int:
    """Land what changed since the last reading, page by page, each page and its cursor in one
    transaction. Returns the number of new versions. Raises ReadError; the pages before it are
    landed, and the next reading goes on from there. The warehouse is not held open while the CRM is
    asked.
    """
    since = _cursor(warehouse, crm)
    stages, count = source.stages(), 0
    _write(warehouse, crm, stages, now)
    for page in source.deals(None if since is None else since.replace(tzinfo=UTC) - overlap):
        count += _write(warehouse, crm, page, now)
    return count


def read_cursors(warehouse: Warehouse) -> dict[str, datetime]:
    """How far each CRM has been read: naive UTC, by the clock of the CRM."""
    with open_warehouse(warehouse, read_only=False) as session:
        session.execute(TABLES)
        return dict(session.execute(f"select crm, read_to from {SCHEMA}.cursors").fetchall())


def _cursor(warehouse: Warehouse, crm: str) -> datetime | None:
    return read_cursors(warehouse).get(crm)


def _write(
    warehouse: Warehouse, crm: str, rows: Sequence[DealVersion] | Sequence[Stage], now: datetime
) -> int:
    if not rows:
        return 0
    with open_warehouse(warehouse, read_only=False) as session, session.transaction():
        if isinstance(rows[0], Stage):
            _replace_stages(session, crm, [asdict(row) for row in rows])
            return 0
        return _append(session, crm, [asdict(row) for row in rows], now)


def _replace_stages(session: Session, crm: str, rows: list[dict[str, Any]]) -> None:
    session.execute(f"delete from {SCHEMA}.stages where crm = $1", [crm])
    for row in rows:
        session.execute(
            f"insert into {SCHEMA}.stages values ($1, $2, $3, $4, $5, $6, $7)", [crm, *row.values()]
        )


def _append(session: Session, crm: str, rows: list[dict[str, Any]], now: datetime) -> int:
    naive = [{name: _naive(value) for name, value in row.items()} for row in rows]
    ((before,),) = session.execute(f"select count(*) from {SCHEMA}.deals").fetchall()
    with session.staged("page", PAGE_COLUMNS, pa.Table.from_pylist(naive, PAGE_SCHEMA)):
        session.execute(INSERT, {"crm": crm, "now": _naive(now)})
    ((after,),) = session.execute(f"select count(*) from {SCHEMA}.deals").fetchall()
    greatest = max(row["updated_at"] for row in naive)
    ((known,),) = session.execute(
        f"select max(read_to) from {SCHEMA}.cursors where crm = $1", [crm]
    ).fetchall()
    session.execute(f"delete from {SCHEMA}.cursors where crm = $1", [crm])
    read_to = greatest if known is None else max(known, greatest)
    session.execute(
        f"insert into {SCHEMA}.cursors values ($1, $2, $3)", [crm, read_to, _naive(now)]
    )
    return int(after) - int(before)


def _naive(value: Any) -> Any:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
