"""The sample company for two days on DuckDB and on Postgres: every table that is public has the same
rows, value for value, and the same messages and operations were sent.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.warehouse.base import Session, Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.conftest import sluice
from tests.postgres import Server
from tests.projects import sample_project

pytestmark = pytest.mark.warehouses
DAYS = ("2026-06-29T13:00:00+00:00", "2026-06-30T13:00:00+00:00")
# a hash of the text of a row, in which each engine writes JSON with other blanks
OF_THE_ENGINE = {"identity.int_contact_records": {"record_hash"}}
ALERTS = "reports.rpt_alert_checks"


@dataclass
class Side:
    """The company on one engine, after both days."""

    warehouse: Warehouse
    manifest: dict[str, Any]
    summaries: list[dict[str, Any]]


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory, postgres: Server) -> dict[str, Side]:
    folder = tmp_path_factory.mktemp("parity")
    project = sample_project(folder / "project")
    database = postgres.database()
    settings = {
        "duckdb": {"DBT_TARGET": "duckdb"},
        "postgres": {"DBT_TARGET": "postgres", **postgres.settings(database)},
    }
    return {
        engine: _run(project, folder / engine, environment)
        for engine, environment in settings.items()
    }


def _run(project: Path, home: Path, environment: dict[str, str]) -> Side:
    summaries = []
    for day in DAYS:
        done = sluice(
            "--project", str(project), "run", "--as-of", day, "--json", home=home, **environment
        )
        assert done.code == 0, done.stdout + done.stderr
        summaries.append(done.json)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"SLUICE_HOME": str(home), "SLUICE_PROJECT": str(project)}.items():
            patch.setenv(name, value)
        for name, value in environment.items():
            patch.setenv(name, value)
        warehouse = load_settings().warehouse
    manifest = json.loads((home / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    return Side(warehouse, manifest, summaries)


def test_the_same_was_decided_and_sent(sides: dict[str, Side]) -> None:
    clock = {"run_id", "seconds", "expected_seconds"}
    ours, theirs = (
        [_without(summary, clock) for summary in side.summaries] for side in sides.values()
    )
    assert ours == theirs
    assert [one["messages"]["sent"] for one in ours] != [0, 0]


def test_every_public_table_is_the_same(sides: dict[str, Side]) -> None:
    ours, theirs = sides.values()
    names = _public(ours.manifest)
    assert names == _public(theirs.manifest)
    different, rows = {}, 0
    with ExitStack() as stack:
        one, other = (stack.enter_context(open_warehouse(s.warehouse)) for s in (ours, theirs))
        for name in names:
            left, right = _rows(one, name), _rows(other, name)
            rows += len(left)
            if left != right:
                different[name] = _first(left, right)
    print(f"{len(names)} public tables, {rows:,} rows, {len(different)} different")
    assert different == {}
    assert rows > 10_000


def _public(manifest: dict[str, Any]) -> list[str]:
    return sorted(
        f"{node['config']['schema']}.{node['alias']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["access"] == "public"
    )


def _rows(session: Session, table: str) -> list[str]:
    left_out = OF_THE_ENGINE.get(table, set())
    found = session.execute(f"select * from {table}").records()
    if table == ALERTS:  # the age of a load is by the machine's clock, and the sides ran in turn
        found = [{**row, "measured": None} if row["rule"] == "source_age" else row for row in found]
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


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(one, names) for key, one in value.items() if key not in names}
    if isinstance(value, list):
        return [_without(one, names) for one in value]
    return value


def _first(left: list[str], right: list[str]) -> str:
    """The first row that only one has. The sample holds no person."""
    only = (sorted(set(left) - set(right))[:1], sorted(set(right) - set(left))[:1])
    return f"{len(left)} and {len(right)} rows: {only[0]} {only[1]}"[:1500]
