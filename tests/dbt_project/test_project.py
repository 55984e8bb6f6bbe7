"""The dbt project as a whole, as the sample company uses it: it builds by itself, its layers point
one way, and everything is described.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sluice.orchestration.installation.package_links import link_package
from sluice.orchestration.installation.project import open_project
from tests import conftest
from tests.conftest import ROOT
from tests.projects import SAMPLE

LAYERS = [
    "staging",
    "identity",
    "contacts",
    "scoring",
    "lifecycle",
    "tags",
    "segments",
    "journeys",
    "activation",
    "reports",
]
LARGEST_STATEMENT = 64 * 1024  # bytes of compiled SQL
Node = dict[str, Any]


def dbt(
    *arguments: str, home: Path, project: Path = ROOT / "dbt_project"
) -> subprocess.CompletedProcess[str]:
    done = conftest.dbt(*arguments, project=project, home=home)
    return subprocess.CompletedProcess(["dbt", *arguments], done.code, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    home = tmp_path_factory.mktemp("bare")
    link_package(open_project(SAMPLE))
    done = dbt("build", home=home, project=SAMPLE)
    return done, json.loads((home / "t" / "manifest.json").read_text())


@pytest.fixture
def manifest(built: tuple[subprocess.CompletedProcess[str], dict[str, Any]]) -> dict[str, Any]:
    return built[1]


def models(manifest: dict[str, Any]) -> list[Node]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


@pytest.mark.long  # Postgres builds the package alone too
@pytest.mark.slow
def test_bare_dbt_build_of_the_package_alone_passes(tmp_path: Path) -> None:
    """Without a source, and with the library off."""
    done = dbt("build", home=tmp_path)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "WARN=0 ERROR=0 SKIP=0" in done.stdout


@pytest.mark.slow
def test_bare_dbt_build_of_the_sample_passes_on_a_fresh_clone(
    built: tuple[subprocess.CompletedProcess[str], dict[str, Any]],
) -> None:
    """All unit tests included, on a warehouse that nothing was landed in."""
    assert built[0].returncode == 0, built[0].stdout[-3000:]
    assert "ERROR=0" in built[0].stdout


def test_layers_point_one_way(manifest: dict[str, Any]) -> None:
    wrong = []
    for node in models(manifest):
        own = LAYERS.index(node["fqn"][1])
        for parent in (
            manifest["nodes"][p] for p in node["depends_on"]["nodes"] if p.startswith("model.")
        ):
            above = LAYERS.index(parent["fqn"][1])
            if above > own or (
                parent["fqn"][1] == "activation" and own != above and node["fqn"][1] != "reports"
            ):
                wrong.append(f"{node['name']} refs {parent['name']}")
    assert wrong == []


def test_only_staging_reads_raw_sources(manifest: dict[str, Any]) -> None:
    sources = manifest["sources"]
    wrong = [
        node["name"]
        for node in models(manifest)
        for parent in node["depends_on"]["nodes"]
        if parent in sources and sources[parent]["schema"] == "raw" and node["fqn"][1] != "staging"
    ]
    assert wrong == []


def test_every_model_source_and_column_has_a_description(manifest: dict[str, Any]) -> None:
    described = [
        *models(manifest),
        *manifest["sources"].values(),
        *[n for n in manifest["nodes"].values() if n["resource_type"] == "seed"],
    ]
    missing = [node["name"] for node in described if not node["description"]]
    missing += [
        f"{n['name']}.{c['name']}"
        for n in described
        for c in n["columns"].values()
        if not c["description"]
    ]
    assert missing == []
    assert all("One row per" in node["description"] for node in models(manifest))


@pytest.mark.slow
def test_every_column_that_is_built_is_described(
    built: object, tmp_path_factory: pytest.TempPathFactory, manifest: dict[str, Any]
) -> None:
    home = next(p for p in tmp_path_factory.getbasetemp().glob("bare*"))
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns"
        ).fetchall()
    described = [node for node in models(manifest) if "journey" not in node["config"]["meta"]]
    # the columns of a journey are those of journey_transitions
    by_table = {(node["schema"], node["alias"]): node["columns"] for node in described}
    missing = [
        f"{table}.{column}"
        for schema, table, column in columns
        if column not in by_table.get((schema, table), {column: 1})
    ]
    assert missing == []


def test_no_model_compiles_to_a_statement_that_an_optimizer_chokes_on(
    manifest: dict[str, Any],
) -> None:
    """Spark never ended with one of 226 KB. The largest now is int_character_sounds, of 45 KB: a
    table of 42 KB, once.
    """
    sizes = {
        node["name"]: len((node.get("compiled_code") or "").encode()) for node in models(manifest)
    }
    assert max(sizes.values()) > 0, "the build compiled nothing"
    assert {name: size for name, size in sizes.items() if size > LARGEST_STATEMENT} == {}


def test_models_take_time_from_one_macro() -> None:
    folders = (ROOT / "dbt_project", *(ROOT / "examples").iterdir())
    paths = [path for one in folders for path in (one / "models").rglob("*.sql")]
    sql = {path: path.read_text().lower() for path in paths}
    clocks = ("now()", "current_date", "current_timestamp", "getdate", "random(")
    assert [
        f"{path.name}: {clock}" for path, text in sql.items() for clock in clocks if clock in text
    ] == []


def test_out_tables_have_enforced_contracts_and_unit_tests(manifest: dict[str, Any]) -> None:
    enforced = {node["name"] for node in models(manifest) if node["contract"]["enforced"]}
    assert {"message_decisions", "out_messages", "out_sync_operations"} <= enforced
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    assert {
        "message_decisions",
        "out_sync_operations",
        "int_sync_acknowledged",
        "contact_consents",
    } <= tested


# shapes that break label propagation: edges, and the component of each node; a chain of 1,000 links
# takes a few rounds
SHAPES: dict[str, tuple[list[tuple[int, int]], dict[int, int]]] = {
    "chain": ([(n, n + 1) for n in range(1000)], {n: 0 for n in range(1001)}),
    "two_rings": (
        [(n, (n + 1) % 9) for n in range(9)] + [(20 + n, 20 + (n + 1) % 7) for n in range(7)],
        {**{n: 0 for n in range(9)}, **{20 + n: 20 for n in range(7)}},
    ),
    "star": ([(500, n) for n in range(1, 300)], {500: 1, **{n: 1 for n in range(1, 300)}}),
    "single_edge": ([(7, 3)], {7: 3, 3: 3}),
}


@pytest.fixture(scope="module")
def components(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, int]]:
    """What the materialization makes of each shape, in one run of dbt."""
    home = tmp_path_factory.mktemp("components")
    ignored = shutil.ignore_patterns("target", "logs", "models", "seeds", "tests")
    shutil.copytree(ROOT / "dbt_project", home / "p", ignore=ignored)
    (home / "p" / "models").mkdir()
    for name, (edges, _) in SHAPES.items():
        values = ", ".join(f"({a}, {b})" for a, b in edges)
        (home / "p" / "models" / f"{name}.sql").write_text(
            "{{ config(materialized='connected_components') }}\nselect cast(a as bigint) as"
            f" node_a, cast(b as bigint) as node_b from (values {values}) as e (a, b)\n"
        )
    done = dbt("run", home=home, project=home / "p")
    assert done.returncode == 0, done.stdout
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        found = {
            name: connection.execute(f"select node_id, component_id from main.{name}").fetchall()
            for name in SHAPES
        }
    return {name: dict(rows) for name, rows in found.items()}


@pytest.mark.parametrize("name", SHAPES)
def test_connected_components_converge(components: dict[str, dict[int, int]], name: str) -> None:
    assert components[name] == SHAPES[name][1]
