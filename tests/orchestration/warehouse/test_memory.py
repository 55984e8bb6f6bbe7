"""The memory that a project gives DuckDB."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.models.errors import ConfigurationError
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.warehouse.duckdb_file import limit_memory
from sluice.orchestration.warehouse.reader import open_files, open_warehouse
from tests.conftest import dbt
from tests.projects import PACKAGE_PROJECT, bare_project

LIMIT = "select current_setting('memory_limit')"


@pytest.fixture(autouse=True)
def _no_limit_after() -> Iterator[None]:
    yield
    limit_memory("")


def test_it_holds_for_sessions_and_for_dbt(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_HOME", str(home))
    settings = load_settings(bare_project(home, memory="512MiB"))
    with open_warehouse(settings.warehouse, read_only=False) as file, open_files() as files:
        assert file.execute(LIMIT).rows == files.execute(LIMIT).rows == [("512.0 MiB",)]
    assert Dbt(settings)._vars()["memory_limit"] == "512MiB"


def test_a_build_sets_what_it_is_given(home: Path) -> None:
    """The memory, and in a file that is thrown away no compression: seen in dbt's log, since both
    hold as long as the process.
    """
    project, macros = home / "p", ("limit_memory", "leave_uncompressed")
    (project / "macros").mkdir(parents=True)
    (project / "models").mkdir()
    for name in macros:
        shutil.copy(PACKAGE_PROJECT / "macros" / "dialect" / f"{name}.sql", project / "macros")
    (project / "models" / "m.sql").write_text(f"{LIMIT} as memory")
    hooks = "".join(f'  - "{{{{ sluice.{name}() }}}}"\n' for name in macros)
    (project / "dbt_project.yml").write_text(f"name: sluice\nprofile: p\non-run-start:\n{hooks}")
    (project / "profiles.yml").write_text(
        "p: {target: d, outputs: {d: {type: duckdb, path: ':memory:'}}}"
    )
    wanted = ("set memory_limit = '512MiB'", "set force_compression = 'uncompressed'")
    for given, is_set in (("{memory_limit: 512MiB, is_thrown_away: true}", True), ("{}", False)):
        options = ("--profiles-dir", str(project), "--vars", given)
        built = dbt("build", *options, project=project, home=home)
        assert built.code == 0, built.stdout
        log = (home / "l" / "dbt.log").read_text()
        assert [one in log for one in wanted] == [is_set, is_set]
        (home / "l" / "dbt.log").unlink()


def test_the_environment_goes_before_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_HOME", str(home))
    monkeypatch.setenv("SLUICE_MEMORY", "1 GiB")
    assert load_settings(bare_project(home, memory="512MiB")).memory == "1 GiB"


@pytest.mark.parametrize("written", ["4", "4XB", "100MB", "80%", "0.1GB", "-4GB", "4GB'; drop"])
def test_what_is_no_amount_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("SLUICE_HOME", str(home))
    with pytest.raises(ConfigurationError, match="256MB or more"):
        load_settings(bare_project(home, memory=written))
