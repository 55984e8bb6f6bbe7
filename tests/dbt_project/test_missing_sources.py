"""Source tables that are not there: only ours are made, and dbt writes where the product reads,
whatever the shell says.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from sluice.orchestration.dbt.missing_sources import missing_sources
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from sluice.orchestration.installation.settings import load_settings
from tests.projects import bare_project

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
MODELS = {
    "reads_contracts": "select id from {{ source('partner', 'contracts') }}",
    "reads_nothing": "select 1 as id",
}


def source(name: str, schema: str, *tables: str, **config: Any) -> dict[str, Any]:
    columns = [{"name": "id", "data_type": "bigint"}]
    return {
        "name": name,
        "schema": schema,
        "tables": [{"name": one, "columns": columns, "config": config} for one in tables],
    }


SOURCES = [
    source("ledger", "ledger", "receipts"),
    source("coupons", "raw", "coupons", meta={"optional": True}),
    source("crm", "raw", "src_crm"),
    source("partner", "partnres", "contracts"),
]


@pytest.fixture
def project(home: Path, tmp_path: Path) -> Path:
    """A project of two models and the macros, over a warehouse in which somebody keeps
    ``partners.contracts``.
    """
    folder = tmp_path / "project"
    shutil.copytree(
        PACKAGE_PROJECT,
        folder,
        ignore=shutil.ignore_patterns("target", "logs", "models", "seeds", "tests"),
    )
    models = folder / "models" / "contacts"
    models.mkdir(parents=True)
    for name, sql in MODELS.items():
        (models / f"{name}.sql").write_text(sql)
    (models / "sources.yml").write_text(yaml.safe_dump({"sources": SOURCES}))
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(
            "create schema partners; create table partners.contracts as select 7 as id"
        )
    return folder


def tables(home: Path) -> set[str]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
        ).fetchall()
    return {name for (name,) in found}


def land_something(home: Path) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(
            "create schema if not exists raw; create table raw.landings as select 'src_shop' as"
            " table_name"
        )
        connection.execute(
            "create table raw.src_crmm as select 1 as id; drop table if exists raw.src_crm"
        )


@pytest.mark.slow
def test_typo_in_a_schema_makes_no_table_and_lists_near_names(
    project: Path, home: Path, tmp_path: Path
) -> None:
    command = [
        str(Path(sys.executable).parent / "dbt"),
        "build",
        "--target-path",
        str(tmp_path / "t"),
    ]
    for is_new in (True, False):
        land_something(home) if not is_new else None
        done = subprocess.run(
            [*command, "--log-path", str(tmp_path / "l")],
            cwd=project,
            capture_output=True,
            text=True,
        )
        assert done.returncode != 0
        assert (
            "the source partner has no table partnres.contracts in the warehouse; near names:"
            " partners.contracts" in done.stdout
        )
        assert not any(name.startswith("partnres.") for name in tables(home))
        assert {"ledger.receipts", "raw.coupons"} <= tables(home)
        assert ("raw.src_crm" in tables(home)) is is_new  # nothing was landed: a fresh clone builds
    assert (
        "the source crm has no table raw.src_crm in the warehouse; near names: raw.src_crmm"
        in done.stdout
    )


def test_product_builds_around_it_with_its_own_options(
    project: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        "DBT_EMPTY": "1",
        "DBT_DEFER": "1",
    }.items():
        monkeypatch.setenv(name, value)
    dbt = Dbt(
        load_settings().model_copy(update={"project": bare_project(project), "sources": None})
    )
    built = {result.unique_id.rsplit(".", 1)[1]: result.status for result in dbt.build(NOW)}
    assert (built["reads_nothing"], built["reads_contracts"]) == ("success", "error")
    (words,) = missing_sources(dbt.manifest, dbt.settings.warehouse)
    assert "sources.yml: the source partner has no table partnres.contracts" in words
    assert "near names: partners.contracts" in words
    assert "contacts.reads_nothing" in tables(home)
    assert "DBT_DEFER, DBT_EMPTY are set in the environment and not used" in capsys.readouterr().err
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("select id from contacts.reads_nothing").fetchall() == [(1,)]
