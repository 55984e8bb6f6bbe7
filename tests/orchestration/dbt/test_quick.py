"""dbt with less CPU does what dbt does: in a process as it is, and in one where it is quicker."""

from __future__ import annotations

import errno
import marshal
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from sluice.orchestration.dbt import quick
from tests.conftest import ROOT

PROGRAM = """
import sys
from pathlib import Path
from dbt.cli.main import dbtRunner
from sluice.orchestration.dbt import quick
folder = sys.argv[1]
for how in sys.argv[2:]:
    if how != "plain":
        quick.install(Path(folder) / "templates")
    flags = ["--project-dir", folder, "--profiles-dir", folder, "--target-path", folder + "/" + how]
    outcome = dbtRunner().invoke(["build", "--no-use-colors", "--log-format", "json", *flags])
    for result in outcome.result.results:
        print("RESULT", result.node.name, result.status, result.node.compiled_code)
    print("END OF BUILD")
"""
FILE = "small.duckdb"
FILES = {
    "dbt_project.yml": (
        "{name: small, profile: small, flags: {send_anonymous_usage_stats: false}}"
    ),
    "profiles.yml": (
        "small: {target: d, outputs: {d: {type: duckdb, path: \"{{ env_var('FILE') }}\", threads: 2}}}"
    ),
    "macros/m.sql": (
        "{% macro twice(text, n=2) %}{% for i in range(n) %}'{{ text }}' as c{{ i }},"
        "{% endfor %}{% endmacro %}"
        "{% macro tojson(value) %}'own json'{% endmacro %}"
        "{% macro duckdb__which() %}'small'{% endmacro %}"
        "{% macro which() %}{{ return(adapter.dispatch('which', 'small')()) }}{% endmacro %}"
    ),
    "models/a.sql": "select {{ twice('x') }} {{ small.twice('y', 1) | replace('c0', 'd') }} 1 as n",
    "models/b.sql": "{{ config(materialized='table') }}select * from {{ ref('a') }}",
    "models/c.sql": "select {{ exceptions.raise_compiler_error('no such thing') if execute }}",
    "models/d.sql": (
        "select {{ tojson(1) }} as own, {{ which() }} as which,"
        " {{ 'twice' in context }} as is_known, {{ context['twice']('z') }}"
        " {{ (context.keys() | select('in', ['twice', 'ref', 'dbt', 'small']) | list | length) }} as n,"
        " '{{ context.get('nobody', 'none') }}' as nobody, '{{ nobody is defined }}' as is_defined,"
        " {{ dbt.string_literal('a') }} as by_package, {{ 'which' in small }} as is_member"
    ),
    "models/units.yml": (
        "unit_tests: [{name: u, model: d, overrides: {macros: {which: \"'other'\", dbt.string_literal: \"'b'\"}},"
        " given: [], expect: {rows: [{which: other, by_package: b}]}}]"
    ),
    "models/m.yml": "models: [{name: b, columns: [{name: n, data_tests: [unique, not_null]}]}]",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("small")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    found = build(folder, "plain", "quick")
    compiled = written(folder)
    assert compiled
    found |= build(folder, "again")
    assert tables(folder) == [("b",)], "a table that was to be renamed or dropped is left"
    assert written(folder).items() >= compiled.items(), "a second process compiled anew"
    return found


def build(folder: Path, *how: str) -> dict[str, str]:
    """What dbt writes, built so one after the other in a process of their own."""
    command = [sys.executable, "-c", PROGRAM, str(folder), *how]
    environment = {**os.environ, "FILE": str(folder / FILE)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip(how, done.stdout.split("END OF BUILD"), strict=False))


def tables(folder: Path) -> list[tuple[str]]:
    """The tables of the file that the builds wrote, one after the other."""
    with duckdb.connect(str(folder / FILE), read_only=True) as connection:
        return connection.execute("select table_name from duckdb_tables()").fetchall()


def written(folder: Path) -> dict[str, int]:
    """The templates that are kept, and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in (folder / "templates").iterdir()}


@pytest.mark.parametrize("how", ["quick", "again"])
def test_results_and_sql_are_the_same(outputs: dict[str, str], how: str) -> None:
    plain, quicker = (
        sorted(part.split("\n{")[0] for part in outputs[one].split("RESULT ")[1:])
        for one in ("plain", how)
    )
    assert quicker == plain
    assert len(plain) == 7
    assert {part.split()[1] for part in plain} == {"success", "pass", "error"}


@pytest.mark.parametrize(
    ("package", "name", "is_own"),
    [
        ("dbt", "drop_relation", False),
        ("dbt_duckdb", "duckdb__drop_relation", False),
        ("company", "duckdb__drop_relation", True),
        ("company", "default__drop_relation", True),
        ("company", "drop_relation", True),
        ("company", "drop_relation_if_exists", False),
    ],
)
def test_a_project_s_own_macro_is_called(package: str, name: str, is_own: bool) -> None:
    macros = {"dbt": {"drop_relation": 1}, package: {name: 1}}
    resolver = SimpleNamespace(get_macros_by_package=lambda: macros)
    adapter = SimpleNamespace(_macro_resolver=resolver)
    assert quick._has_own(adapter, "drop_relation") is is_own


CODE = compile("1", "text", "eval")


def test_what_is_kept_is_taken_where_it_is_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick, "_templates", tmp_path)
    assert quick._shared("key", lambda: CODE) is CODE
    assert quick._shared("key", lambda: None) == CODE
    whole = (tmp_path / "key").read_bytes()
    for wrong in (marshal.dumps("text"), whole[:9], b""):
        (tmp_path / "key").write_bytes(wrong)
        assert quick._shared("key", lambda: CODE) is CODE
        assert (tmp_path / "key").read_bytes() == whole


def test_a_cache_that_cannot_be_written_fails_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(quick, "_templates", tmp_path)
    for module, name in ((os, "replace"), (marshal, "dump"), (tempfile, "mkstemp")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, full)
            assert quick._shared("key", lambda: CODE) is CODE
        assert list(tmp_path.iterdir()) == []
    (tmp_path / "old").touch()
    monkeypatch.setattr(quick, "MOST_TEMPLATES", 0)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", full)
        quick._make_room(tmp_path)
    quick._make_room(tmp_path / "old" / "below a file")
    quick._make_room(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("part", list(quick.TRIED))
def test_a_template_is_of_the_versions_that_compiled_it(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = quick._made_by()
    known = quick.version
    monkeypatch.setattr(quick, "version", lambda name: "9" if name == part else known(name))
    assert quick._made_by() != before
    assert not quick.is_tried()


def test_the_log_says_the_same(outputs: dict[str, str]) -> None:
    plain, quicker = (outputs[one].count('"name": "LogModelResult"') for one in ("plain", "quick"))
    assert plain == quicker == 4
    assert "no such thing" in outputs["quick"]
