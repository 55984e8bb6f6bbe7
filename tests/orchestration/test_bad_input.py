"""Bad input: the file or setting is named and what to do, and the previous state is untouched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from sluice.orchestration.landing.files import land_files
from sluice.orchestration.landing.tables import RawTable, raw_tables
from tests.conftest import WORLD, WorldRun, home_with_parsed_project, sluice

Spoil = Callable[[Path], None]
NOW = datetime(2026, 6, 30, 13, tzinfo=UTC)


def remove(folder: Path) -> None:
    (folder / "src_crm.parquet").unlink()


def garble(folder: Path) -> None:
    (folder / "src_crm.parquet").write_bytes(b"PAR1 this is no parquet file")


def rewrite(sql: str, name: str = "ev_order") -> Spoil:
    def spoil(folder: Path) -> None:
        path = folder / f"{name}.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"create table t as from '{path}'")
            connection.execute(f"copy ({sql}) to '{path}' (format parquet)")

    return spoil


CASES: dict[str, tuple[Spoil, str]] = {
    "missing file": (remove, "src_crm.parquet"),
    "malformed file": (garble, "src_crm.parquet cannot be read"),
    "empty table": (rewrite("from t limit 0"), "SLUICE_ALLOW_EMPTY=ev_order"),
    "missing column": (rewrite("select * exclude (status) from t"), "no column status"),
    "nested column type": (
        rewrite("select * replace ([amount_cny] as amount_cny) from t"),
        "amount_cny of ev_order.parquet has the type",
    ),
    "every row unreadable": (
        rewrite("select * replace ('30/06/2026' as ts) from t"),
        "rows of ev_order.parquet can be read: ts is not a timestamp: 99/99/9999",
    ),
    "two files for a table": (
        lambda folder: shutil.copy(folder / "ev_order.parquet", folder / "ev_order.csv"),
        "both ev_order",
    ),
}


@pytest.fixture(scope="module")
def tables(world: WorldRun) -> list[RawTable]:
    return raw_tables(json.loads((world.home / "dbt" / "manifest.json").read_text()))


@pytest.fixture(scope="module")
def landed(world: WorldRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = home_with_parsed_project(world, tmp_path_factory.mktemp("landed"))
    assert sluice("plan", "--json", home=home).code == 0
    return home


@pytest.fixture
def new_home(world: WorldRun, tmp_path: Path) -> Path:
    return home_with_parsed_project(world, tmp_path / "new_home")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    shutil.copytree(WORLD, folder)
    return folder


@pytest.fixture(scope="module")
def warehouse(tables: list[RawTable], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("warehouse") / "w.duckdb"
    land_files(file, WORLD, tables, run_id="first", landed_at=NOW)
    return file


@pytest.mark.parametrize("case", CASES)
def test_source_with_a_bad_file_is_refused_in_words(
    warehouse: Path, raw: Path, tables: list[RawTable], case: str
) -> None:
    """What it landed before stays; of the other sources, the file of today is landed."""
    spoil, words = CASES[case]
    spoil(raw)
    rewrite("select * replace (page || '/' as page) from t", "ev_web")(raw)
    sums = {
        name: fingerprint(warehouse, name) for name in ("src_crm", "src_shop", "ev_order", "ev_web")
    }
    report = land_files(warehouse, raw, tables, run_id="second", landed_at=NOW)
    (failure,) = report.failures
    assert words in failure.words()
    assert "->" in failure.words()
    assert len(report.tables) == len(tables)
    assert {name for name, before in sums.items() if fingerprint(warehouse, name) != before} == {
        "ev_web"
    }
    land_files(warehouse, WORLD, tables, run_id="third", landed_at=NOW)


def fingerprint(warehouse: Path, name: str) -> object:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(f"select sum(hash(t)) from raw.{name} as t").fetchall()


@pytest.mark.slow
def test_run_goes_on_without_a_broken_source_and_sends_nothing_made_of_it(
    landed: Path, raw: Path
) -> None:
    (raw / "src_attendee.parquet").write_bytes(b"PAR1 this is no parquet file")
    rewrite("select * replace (page || '/' as page) from t", "ev_web")(raw)
    outcome = sluice("run", "--json", home=landed, SLUICE_RAW=str(raw))
    assert outcome.code == 1
    summary = outcome.json
    assert any(
        "source attendee was not landed" in words and "src_attendee.parquet" in words
        for words in summary["errors"]
    )
    assert list(summary["not_landed"]) == ["attendee"]
    operations = {
        plan["activation"]: sum(plan["operations"].values()) for plan in summary["activations"]
    }
    assert operations.keys() >= {"crm_contacts", "price_page_follow_up"}
    assert not any(operations.values())
    assert summary["syncs"][0]["accepted"] == summary["messages"]["sent"] == 0
    with duckdb.connect(str(landed / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute(
            "select count(*) from raw.ev_web where page not like '%/'"
        ).fetchall() == [(0,)]
        assert connection.execute("select count(*) > 0 from raw.src_attendee").fetchall() == [
            (True,)
        ]
    fixed = sluice("plan", "--json", home=landed)
    assert fixed.code == 0
    assert sum(sum(plan["operations"].values()) for plan in fixed.json["activations"]) > 1000


@pytest.mark.parametrize(
    ("settings", "arguments", "words"),
    [
        pytest.param(
            {"SLUICE_DELIVERY": "maybe"}, (), "SLUICE_DELIVERY", id="unknown delivery mode"
        ),
        pytest.param({"SLUICE_RAW": "/nowhere"}, (), "SLUICE_RAW", id="no raw folder"),
        pytest.param({}, ("--as-of", "yesterday"), "--as-of 2026-06-29", id="no time"),
        pytest.param({"SLUICE_LEDGER_URL": "nonsense"}, (), "SLUICE_LEDGER_URL", id="no database"),
        pytest.param({"SLUICE_SOURCES": "crm,shopp"}, (), "shopp", id="unknown source"),
    ],
)
def test_wrong_setting_is_named(
    new_home: Path, settings: dict[str, str], arguments: tuple[str, ...], words: str
) -> None:
    outcome = sluice("run", "--json", *arguments, home=new_home, **settings)
    assert outcome.code == 2
    assert words in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("name", "words"),
    [("warehouse.duckdb", "warehouse.duckdb"), ("ledger.sqlite", "the ledger cannot")],
)
def test_broken_file_in_the_home_is_named(new_home: Path, name: str, words: str) -> None:
    (new_home / name).write_text("this is no database " * 20)
    outcome = sluice("run", "--json", home=new_home)
    assert outcome.code == 2
    assert words in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_warehouse_open_elsewhere_blocks(new_home: Path) -> None:
    with duckdb.connect(str(new_home / "warehouse.duckdb")):
        outcome = sluice("run", "--json", home=new_home)
    assert outcome.code == 3
    assert "warehouse.duckdb open" in outcome.stderr


def test_live_delivery_without_settings_names_them(new_home: Path) -> None:
    outcome = sluice("run", "--json", home=new_home, SLUICE_DELIVERY="live")
    assert outcome.code == 2
    assert "SLUICE_HUBSPOT_TOKEN" in outcome.stderr or "SLUICE_SMTP_HOST" in outcome.stderr


def test_ledger_never_mixes_sandbox_and_live(landed: Path) -> None:
    outcome = sluice("run", "--json", home=landed, SLUICE_DELIVERY="live")
    assert outcome.code == 3
    assert "SLUICE_DELIVERY=sandbox" in outcome.stderr


@pytest.mark.slow
def test_unreadable_rows_are_quarantined_and_counted(new_home: Path, raw: Path) -> None:
    rewrite(
        "select * replace (case when order_id < 'O000000100' then 'soon' else ts::varchar end as"
        " ts) from t"
    )(raw)
    outcome = sluice("plan", "--json", home=new_home, SLUICE_RAW=str(raw))
    assert outcome.code == 0
    with duckdb.connect(str(new_home / "warehouse.duckdb"), read_only=True) as connection:
        quarantined = connection.execute(
            "select count(*), min(reason) from raw.quarantine"
        ).fetchall()[0]
    assert outcome.json["quarantined"] == {"ev_order": quarantined[0]}
    assert outcome.json["quarantine_reasons"] == {
        "ev_order": {"ts is not a timestamp": quarantined[0]}
    }
    assert quarantined[0] > 0
    assert quarantined[1] == "ts is not a timestamp"
