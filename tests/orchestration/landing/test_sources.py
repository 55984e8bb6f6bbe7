"""One source whose file is broken stops what is made of it, and no other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sluice.models.errors import ConfigurationError
from sluice.models.run import Run
from sluice.orchestration.dbt.source_holds import waiting_models
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.landing.files import land_files
from sluice.orchestration.landing.report import LandReport
from sluice.orchestration.landing.tables import RawTable, raw_tables
from sluice.orchestration.plan.activation_plan import is_stopped
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.runs.notes import LandNote
from sluice.orchestration.runs.state import RunState
from tests.projects import bare_project

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
HEADER = "id,note\n"


def table(source: str, name: str, **more: Any) -> RawTable:
    return RawTable(source, name, {"id": "bigint", "note": "varchar"}, frozenset({"id"}), **more)


TABLES = [
    table("shop", "orders"),
    table("shop", "refunds"),
    table("crm", "people"),
    table("web", "views"),
]


def land(folder: Path, tables: list[RawTable], files: dict[str, str]) -> LandReport:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return land_files(folder / "w.duckdb", folder, tables, run_id="r", landed_at=NOW)


def counts(folder: Path) -> dict[str, int]:
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        names = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
        return {
            name: connection.execute(f"select count(*) from raw.{name}").fetchall()[0][0]
            for (name,) in names
            if name not in {"landings", "quarantine"}
        }


BROKEN = {
    "no header": "1,a\n",
    "open quote": HEADER + '1,"a\n',
    "another delimiter": "id;note\n1;a\n",
    "line ends that hide the rows": HEADER + '1,"a\r\r2,b\n',
    "no row can be read": HEADER + "x,a\n",
    "nothing": "",
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_others_land_and_this_one_keeps_what_it_had(tmp_path: Path, broken: str) -> None:
    names = ["orders", "refunds", "people", "views"]
    land(tmp_path, TABLES, dict.fromkeys(names, HEADER + "1,a\n"))
    report = land(
        tmp_path, TABLES, {**dict.fromkeys(names, HEADER + "1,a\n2,b\n"), "refunds": BROKEN[broken]}
    )
    (failure,) = report.failures
    assert (failure.source, failure.is_required) == ("shop", True)
    assert "refunds.csv" in failure.message
    assert counts(tmp_path) == {"orders": 1, "refunds": 1, "people": 2, "views": 2}
    again = land(tmp_path, TABLES, {"refunds": HEADER + "1,a\n2,b\n3,c\n"})
    assert again.failures == []
    assert counts(tmp_path) == {"orders": 2, "refunds": 3, "people": 2, "views": 2}


def test_source_that_never_landed_is_empty_so_that_models_can_be_built(tmp_path: Path) -> None:
    report = land(
        tmp_path,
        [table("crm", "people"), table("web", "views", is_source_required=False)],
        {"people": HEADER + "1,a\n"},
    )
    (failure,) = report.failures
    assert (failure.source, failure.is_required) == ("web", False)
    assert "the run goes on with the rows landed before" in failure.words()
    assert counts(tmp_path) == {"people": 1, "views": 0}


def node(name: str, folder: str) -> dict[str, Any]:
    return {"name": name, "resource_type": "model", "fqn": ["sluice", folder, name]}


EDGES = {
    "source.crm": ["contacts"],
    "source.web": ["seg_visitors"],
    "source.consent": ["decisions"],
    "source.stock": ["sync_stock"],
    "contacts": ["sync_people"],
    "seg_visitors": ["campaign_visit", "segment_members"],
    "segment_members": ["sync_lists"],
    "campaign_visit": ["decisions"],
    "sync_people": ["out_sync_operations"],
    "sync_lists": ["out_sync_operations"],
    "sync_stock": ["out_sync_operations"],
    "decisions": ["out_messages"],
}
IN_ACTIVATION = ("campaign_", "sync_", "out_", "decisions")
NAMES = {*EDGES, *(child for children in EDGES.values() for child in children)}
MANIFEST: dict[str, Any] = {
    "nodes": {
        name: node(name, "activation" if name.startswith(IN_ACTIVATION) else "contacts")
        for name in NAMES
        if not name.startswith("source.")
    },
    "sources": {
        name: {"source_name": name.removeprefix("source.")}
        for name in NAMES
        if name.startswith("source.")
    },
    "child_map": EDGES,
}


@pytest.mark.parametrize(
    ("source", "waiting"),
    [
        pytest.param(
            "crm", {"sync_people"}, id="a sync, and not its neighbours by the outbox of all"
        ),
        pytest.param(
            "web",
            {"campaign_visit", "sync_lists"},
            id="a campaign by its segment, a sync by the union of segments",
        ),
        pytest.param(
            "consent", {"decisions", "out_messages"}, id="consents: every message, and no sync"
        ),
        pytest.param("stock", {"sync_stock"}, id="a source that feeds no contact"),
    ],
)
def test_what_is_made_of_a_source_waits_and_nothing_else(source: str, waiting: set[str]) -> None:
    assert set(waiting_models(MANIFEST, [source])) == waiting


@pytest.mark.parametrize(
    ("stopped", "held"),
    [("sync_people", True), ("out_sync_operations", True), ("sync_stock", False)],
)
def test_activation_waits_when_its_rows_or_its_outbox_do(
    home: Path, stopped: str, held: bool
) -> None:
    state = RunState(Run("now", NOW), Settings(home=home))
    state.notes.keep(LandNote(stopped=[stopped]))
    assert is_stopped(state, Activation("people", "sync_people", "sync", None)) is held  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "given", "on"),
    [
        ({}, {}, ["crm", "shop"]),
        ({"sources": ["shop"]}, {}, ["shop"]),
        ({"sources": ["shop"]}, {"sources": "crm"}, ["crm"]),
    ],
    ids=["every folder of models/staging", "as sluice.yml says", "the environment goes before"],
)
def test_sources_that_are_on(
    tmp_path: Path, said: dict[str, list[str]], given: dict[str, str], on: list[str]
) -> None:
    for name in ("crm", "shop"):
        (tmp_path / "models" / "staging" / name).mkdir(parents=True)
    assert Settings(project=bare_project(tmp_path, **said), **given).enabled_sources() == on


def test_a_source_without_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "models" / "staging" / "crm").mkdir(parents=True)
    with pytest.raises(ConfigurationError) as refused:
        Settings(project=bare_project(tmp_path, sources=["crm", "siebel"])).enabled_sources()
    assert "there is no source siebel" in refused.value.message
    assert "sources in sluice.yml (or SLUICE_SOURCES) to some of crm" in refused.value.fix


def source_node(**more: Any) -> dict[str, Any]:
    columns = {"ts": {"data_type": "timestamp", "config": {"meta": more.pop("column", {})}}}
    meta = {"config": {"meta": more.pop("meta", {})}}
    unrendered = {"unrendered_config": more.pop("unrendered", {"enabled": True})}
    return {
        "unique_id": "source.sluice.web.views",
        "source_name": "web",
        "name": "views",
        "schema": "raw",
        "columns": columns,
        "original_file_path": "models/staging/web/_web__sources.yml",
        **meta,
        **unrendered,
    }


def only(**more: Any) -> RawTable:
    return raw_tables({"sources": {"x": source_node(**more)}})[0]


def test_source_that_cannot_be_turned_off_names_that_cure(tmp_path: Path) -> None:
    """Its yml has no `config: enabled`: to take it out of SLUICE_SOURCES does nothing."""
    others = [table("crm", "people"), only(unrendered={})]
    (failure,) = land(tmp_path, others, {"people": HEADER + "1,a\n"}).failures
    assert "{{ 'web' in var('sources') }}" in failure.fix
    assert "SLUICE_SOURCES or" not in failure.fix
    (failure,) = land(tmp_path, [others[0], only()], {}).failures
    assert "take web out of SLUICE_SOURCES" in failure.fix


def test_nearest_declaration_of_a_zone_wins() -> None:
    assert only().time_rule("ts").time_zone == "UTC"
    assert only(meta={"time_zone": "Asia/Shanghai"}).time_rule("ts").time_zone == "Asia/Shanghai"
    declared = only(
        meta={"time_zone": "Asia/Shanghai"}, column={"time_zone": "UTC", "format": "dd/mm/yyyy"}
    )
    assert (declared.time_rule("ts").time_zone, declared.time_rule("ts").formats) == (
        "UTC",
        ("dd/mm/yyyy",),
    )


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ({"meta": {"time_zone": "CST"}}, "time_zone 'CST'"),
        ({"column": {"time_zone": "Asia/Shangai"}}, "time_zone 'Asia/Shangai'"),
        ({"column": {"format": "dd.mm"}}, "format 'dd.mm'"),
        ({"column": {"format": "%d/%m/%Y %z"}}, "format '%d/%m/%Y %z'"),
        ({"meta": {"delimiter": ";;"}}, "delimiter ';;'"),
        ({"meta": {"encoding": "utf8mb4"}}, "encoding 'utf8mb4'"),
        ({"meta": {"header_row": 0}}, "header_row '0'"),
    ],
)
def test_declaration_that_is_not_known_is_refused(declared: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        only(**declared)
    assert words in refused.value.message
    assert "_web__sources.yml" in refused.value.message
    assert "use one of" in refused.value.fix
