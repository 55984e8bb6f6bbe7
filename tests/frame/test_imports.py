"""Imports run one way, and heavy packages stay out of the way of the command line."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator

import grimp
import pytest

from tests.conftest import ROOT


def test_import_contracts_are_kept() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as main; main()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_command_line_starts_without_dagster_dbt_and_pandas() -> None:
    code = (
        "import sys, sluice.orchestration.cli.main; print([m for m in ('dagster', 'dbt', 'pandas',"
        " 'duckdb') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert list(circles(grimp.build_graph("sluice"))) == []


def test_circles_are_found() -> None:
    graph = grimp.ImportGraph()
    for importer, imported in (("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")):
        graph.add_import(importer=importer, imported=imported)
    assert list(circles(graph)) == [["a", "b", "c"]]


def circles(graph: grimp.ImportGraph) -> Iterator[list[str]]:
    """The modules of each import circle, sorted: what imports them all and is imported by them."""
    seen = set[str]()
    for module in sorted(graph.modules):
        if module in seen:
            continue
        together = graph.find_upstream_modules(module) & graph.find_downstream_modules(module)
        if together:
            seen |= {module, *together}
            yield sorted({module, *together})


OUTSIDE = [
    path
    for folder in ("orchestration", "activations", "benchmarks")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "activations/ledger" not in path.as_posix()
]


def engines(code: str) -> list[int]:
    """The lines that take a public ``engine`` of something."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Attribute) and node.attr == "engine"
    ]


def test_nobody_takes_the_engine_of_the_ledger() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for path in OUTSIDE
        if (lines := engines(path.read_text(encoding="utf-8")))
    }
    assert found == {}, "use a method of Ledger, or add one to activations/ledger/records.py"


@pytest.mark.parametrize(
    ("code", "lines"),
    [("a.engine.connect()", [1]), ("x = 1\nb(self.ledger.engine)", [2]), ("engine()", [])],
)
def test_an_engine_is_found(code: str, lines: list[int]) -> None:
    assert engines(code) == lines
