"""Bad input: exit 2 with the file or setting named and what to do, and the previous state untouched."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.conftest import WORLD, WorldRun, home_with_parsed_project, sluice

Spoil = Callable[[Path], None]


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
    "every row unreadable": (rewrite("select * replace ('x' as ts) from t"), "no rows that can be read"),
    "two files for a table": (lambda folder: shutil.copy(folder / "ev_order.parquet", folder / "ev_order.csv"), "both ev_order"),
}


@pytest.fixture(scope="module")
def landed(world: WorldRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = home_with_parsed_project(world, tmp_path_factory.mktemp("landed"))
    assert sluice("plan", "--json", home=home).code == 0
    return home


@pytest.fixture
def new_home(world: WorldRun, tmp_path: Path) -> Path:
    return home_with_parsed_project(world, tmp_path / "new_home")


@pytest.mark.parametrize("case", CASES)
def test_bad_file_is_refused_and_nothing_changes(landed: Path, tmp_path: Path, case: str) -> None:
    spoil, words = CASES[case]
    raw = tmp_path / "raw"
    shutil.copytree(WORLD, raw)
    shutil.copy(WORLD.parent / "input.yml", raw)
    spoil(raw)
    before = fingerprint(landed)
    outcome = sluice("run", "--json", home=landed, SLUICE_RAW=str(raw))
    assert outcome.code == 2
    assert words in outcome.stderr
    assert "->" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert fingerprint(landed) == before


def fingerprint(home: Path) -> list[tuple[object, ...]]:
    sql = "select (select sum(hash(o)) from raw.ev_order as o), (select sum(hash(c)) from raw.src_crm as c), (from dim)"
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql.replace("(from dim)", "(select sum(hash(d)) from contacts.dim_contacts as d)")).fetchall()


@pytest.mark.parametrize(
    ("settings", "arguments", "words"),
    [
        pytest.param({"SLUICE_DELIVERY": "maybe"}, (), "SLUICE_DELIVERY", id="unknown delivery mode"),
        pytest.param({"SLUICE_RAW": "/nowhere"}, (), "SLUICE_RAW", id="no raw folder"),
        pytest.param({}, ("--as-of", "yesterday"), "--as-of 2026-06-29", id="no time"),
        pytest.param({"SLUICE_LEDGER_URL": "nonsense"}, (), "SLUICE_LEDGER_URL", id="no database"),
        pytest.param({"SLUICE_SOURCES": "crm,shopp"}, (), "shopp", id="unknown source"),
    ],
)
def test_wrong_setting_is_named(new_home: Path, settings: dict[str, str], arguments: tuple[str, ...], words: str) -> None:
    outcome = sluice("run", "--json", *arguments, home=new_home, **settings)
    assert outcome.code == 2
    assert words in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(("name", "words"), [("warehouse.duckdb", "warehouse.duckdb"), ("ledger.sqlite", "the ledger cannot")])
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


def test_unreadable_rows_are_quarantined_and_counted(new_home: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(WORLD, raw)
    shutil.copy(WORLD.parent / "input.yml", raw)
    rewrite("select * replace (case when order_id < 'O000000100' then 'soon' else ts::varchar end as ts) from t")(raw)
    outcome = sluice("plan", "--json", home=new_home, SLUICE_RAW=str(raw))
    assert outcome.code == 0
    with duckdb.connect(str(new_home / "warehouse.duckdb"), read_only=True) as connection:
        quarantined = connection.execute("select count(*), min(reason) from raw.quarantine").fetchall()[0]
    assert outcome.json["quarantined"] == {"ev_order": quarantined[0]}
    assert quarantined[0] > 0
    assert quarantined[1] == "ts is not a timestamp"
