"""The sample company for two days on one engine, and the rows of every public table after them, as
texts that compare by value. ``python -m tests.orchestration.warehouse.two_days FILE``: a program
too, for a process has one Spark, and a test compares several.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.warehouse.base import Session
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.conftest import sluice

DAYS = ("2026-06-29T13:00:00+00:00", "2026-06-30T13:00:00+00:00")
CLOCK = {"run_id", "seconds", "expected_seconds"}
# a hash of the text of a row, in which each engine writes JSON with other blanks
OF_THE_ENGINE = {"identity.int_contact_records": {"record_hash"}}
# by the machine's clock: the age of a load, and when a vendor took a message. The sides ran in turn
BY_CLOCK: dict[str, tuple[str, str, object]] = {
    "reports.rpt_alert_checks": ("measured", "rule", "source_age"),
    "contacts.contact_chats": ("said_at", "spoken_by", "campaign"),
}
Rows = dict[str, list[str]]


@dataclass(frozen=True)
class Company:
    """A project and a home, on the engine that ``settings`` name."""

    project: Path
    home: Path
    settings: Mapping[str, str]

    def command(self, *words: str) -> Any:
        """What a command says in JSON. It must succeed."""
        done = sluice(
            "--project", str(self.project), *words, "--json", home=self.home, **self.settings
        )
        assert done.code == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.json

    def run(self, day: str) -> Any:
        """The summary of a whole run, without what the machine's clock says."""
        return without(self.command("run", "--as-of", day), CLOCK)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead here."""
        return {
            "SLUICE_HOME": str(self.home),
            "SLUICE_PROJECT": str(self.project),
            **self.settings,
        }


def public_rows(home: Path) -> Rows:
    """Every public table of the project and home that the environment names."""
    manifest = json.loads((home / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    with open_warehouse(load_settings().warehouse) as session:
        return {name: _rows(session, name) for name in _public(manifest)}


def differences(ours: Rows, theirs: Rows) -> dict[str, str]:
    """The tables that differ, with the first rows that only one side has."""
    assert list(ours) == list(theirs)
    different = {
        name: _first(left, theirs[name]) for name, left in ours.items() if left != theirs[name]
    }
    rows = sum(map(len, ours.values()))
    print(f"{len(ours)} public tables, {rows:,} rows, {len(different)} different")
    return different


def without(value: Any, names: set[str]) -> Any:
    """A value of JSON without some keys, at whatever depth."""
    if isinstance(value, dict):
        return {key: without(one, names) for key, one in value.items() if key not in names}
    if isinstance(value, list):
        return [without(one, names) for one in value]
    return value


def _public(manifest: dict[str, Any]) -> list[str]:
    return sorted(
        f"{node['config']['schema']}.{node['alias']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["access"] == "public"
    )


def _rows(session: Session, table: str) -> list[str]:
    left_out = OF_THE_ENGINE.get(table, set())
    found = session.execute(f"select * from {table}").records()
    if table in BY_CLOCK:
        column, kind, of_clock = BY_CLOCK[table]
        found = [{**row, column: None} if row[kind] == of_clock else row for row in found]
    return sorted(
        json.dumps(
            {name: _plain(value) for name, value in sorted(row.items()) if name not in left_out},
            ensure_ascii=False,
            default=str,
        )
        for row in found
    )


def _plain(value: Any) -> Any:
    """Numbers by value, and JSON without its blanks."""
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.dumps(json.loads(value), sort_keys=True)
        except ValueError:
            return value
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    try:
        return round(float(value), 9)
    except (TypeError, ValueError):
        return str(value)


def _first(left: list[str], right: list[str]) -> str:
    """The first row that only one has. The sample holds no person."""
    only = (sorted(set(left) - set(right))[:1], sorted(set(right) - set(left))[:1])
    return f"{len(left)} and {len(right)} rows: {only[0]} {only[1]}"[:1500]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(public_rows(load_settings().home)), encoding="utf-8")
