"""dbt with less CPU does what dbt does: in a process as it is, and in one where it is quicker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PROGRAM = """
import sys
from pathlib import Path
from dbt.cli.main import dbtRunner
from sluice.orchestration.dbt import quick
folder = sys.argv[1]
for how in ("plain", "quick", "again"):
    flags = ["--project-dir", folder, "--profiles-dir", folder, "--target-path", folder + "/" + how]
    outcome = dbtRunner().invoke(["build", "--no-use-colors", "--log-format", "json", *flags])
    for result in outcome.result.results:
        print("RESULT", result.node.name, result.status, result.node.compiled_code)
    print("END OF BUILD")
    quick.install(Path(folder) / "templates")
"""
FILES = {
    "dbt_project.yml": (
        "{name: small, profile: small, flags: {send_anonymous_usage_stats: false}}"
    ),
    "profiles.yml": (
        "small: {target: d, outputs: {d: {type: duckdb, path: ':memory:', threads: 2}}}"
    ),
    "macros/m.sql": (
        "{% macro twice(text, n=2) %}{% for i in range(n) %}'{{ text }}' as c{{ i }},"
        "{% endfor %}{% endmacro %}"
    ),
    "models/a.sql": "select {{ twice('x') }} {{ small.twice('y', 1) | replace('c0', 'd') }} 1 as n",
    "models/b.sql": "{{ config(materialized='table') }}select * from {{ ref('a') }}",
    "models/c.sql": "select {{ exceptions.raise_compiler_error('no such thing') if execute }}",
    "models/m.yml": "models: [{name: b, columns: [{name: n, data_tests: [unique, not_null]}]}]",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("small")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    found = dict(zip(("plain", "quick", "again"), done.stdout.split("END OF BUILD"), strict=False))
    assert any((Path(folder) / "templates").iterdir())
    return found


@pytest.mark.parametrize("how", ["quick", "again"])
def test_results_and_sql_are_the_same(outputs: dict[str, str], how: str) -> None:
    plain, quick = (
        sorted(part.split("\n{")[0] for part in outputs[one].split("RESULT ")[1:])
        for one in ("plain", how)
    )
    assert quick == plain
    assert len(plain) == 5
    assert {part.split()[1] for part in plain} == {"success", "pass", "error"}


def test_the_log_says_the_same(outputs: dict[str, str]) -> None:
    plain, quick = (outputs[one].count('"name": "LogModelResult"') for one in ("plain", "quick"))
    assert plain == quick == 3
    assert "no such thing" in outputs["quick"]
