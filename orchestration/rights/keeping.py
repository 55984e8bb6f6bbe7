"""How long rows are kept: tables and days, from ``retention.tables`` of sluice.yml, applied after
each landing, before anything is decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sluice.activations.ledger.store import Ledger
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.project_file import TableRetention
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.recovery.histories import HISTORIES
from sluice.orchestration.rights.stores.warehouse import tables_of
from sluice.orchestration.warehouse.base import Session, quoted
from sluice.orchestration.warehouse.reader import open_warehouse

MESSAGE_EVENTS = "ledger.message_events"
LOGS = ("raw.quarantine", "landing.kept_out", MESSAGE_EVENTS)
NAMED = ("occurred_at", "ts", "changed_at", "transitioned_at", "entered_at", "recorded_at")
NAMED += ("received_at", "created_at", "landed_at")
PEOPLE = ("__contacts", "__consents", "__chats")


@dataclass(frozen=True)
class Rule:
    """Rows of a table go when their ``column`` is older than so many days; without a column, the
    first of the usual names that the table has.
    """

    table: str
    days: int
    column: str = ""


def rules_of(settings: Settings, manifest: Mapping[str, Any]) -> list[Rule]:
    """What sluice.yml says. Raises ConfigurationError for a table whose rows something else still
    needs.
    """
    said = settings.project.config.retention.tables
    found = [
        Rule(table, value.days, value.column)
        if isinstance(value, TableRetention)
        else Rule(table, value)
        for table, value in sorted(said.items())
    ]
    if found and not settings.warehouse.can_erase:
        raise settings.warehouse.refuse(
            "`retention.tables`", "take it out of sluice.yml, and delete old rows at their source"
        )
    allowed = dict.fromkeys((*LOGS, *(one.table for one in HISTORIES if one.time)))
    allowed |= dict.fromkeys(_raw(manifest))
    for rule in found:
        if rule.table not in allowed:
            raise ConfigurationError(
                f"retention.tables: rows of {rule.table} cannot go by age: they are made anew in"
                " each run, or say who somebody is, what was sent, or what people agreed to",
                f"name one of {', '.join(sorted(allowed))}; people go with `sluice forget`",
            )
    return found


def _raw(manifest: Mapping[str, Any]) -> Iterator[str]:
    """The raw tables of events: not those that records, consents or chats are read from."""
    people = {
        key
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and str(node["name"]).endswith(PEOPLE)
        for key in node["depends_on"]["nodes"]
    }
    for key, source in manifest["sources"].items():
        is_ours = source["source_name"] not in {"ledger", "landing", "quarantine", "receipts"}
        if key not in people and is_ours and source["schema"].endswith("raw"):
            yield f"raw.{source['name']}"


def apply(settings: Settings, ledger: Ledger, rules: list[Rule], as_of: datetime) -> dict[str, int]:
    """Delete what is too old. Returns the rows by table; repeating it finds none. Raises
    ConfigurationError for a column that is not there.
    """
    if not rules or not settings.warehouse.exists():
        return {}
    moment = as_of.replace(tzinfo=None)
    with open_warehouse(settings.warehouse, read_only=False) as session:
        tables = {
            f"{schema.removeprefix(session.prefix)}.{name}": columns
            for (schema, name), columns in tables_of(session).items()
        }
        counts = {
            rule.table: _apply_one(session, rule, tables[rule.table], moment)
            for rule in rules
            if rule.table in tables
        }
    for rule in rules:
        if rule.table == MESSAGE_EVENTS:
            ledger.delete_message_events(as_of - timedelta(days=rule.days))
    return {table: count for table, count in counts.items() if count}


def _apply_one(session: Session, rule: Rule, columns: Mapping[str, str], moment: datetime) -> int:
    column = rule.column or next((name for name in NAMED if name in columns), "")
    if column not in columns:
        what = f"has no column {column}" if column else "has no column of a usual name for a time"
        raise ConfigurationError(
            f"retention.tables: {rule.table} {what}",
            f"write {rule.table}: {{days: {rule.days}, column: NAME}} with one of"
            f" {', '.join(columns)}",
        )
    limit = (moment - timedelta(days=rule.days)).isoformat(sep=" ")
    old = f"{quoted(column)} < cast('{limit}' as timestamp)"
    count = int(session.execute(f"select count(*) from {rule.table} where {old}").rows[0][0])
    if count:
        session.execute(f"delete from {rule.table} where {old}")
        schema, _, name = rule.table.partition(".")
        if schema == "raw" and session.has_table("raw", "landings"):
            fewer = f"row_count = row_count - {count}"
            session.execute(f"update raw.landings set {fewer} where table_name = $1", [name])
    return count
