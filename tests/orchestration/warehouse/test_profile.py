"""Which warehouse a profile means: as dbt chooses it, and refused where it is not clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.models.errors import ConfigurationError
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile
from sluice.orchestration.warehouse.postgres import Postgres
from sluice.orchestration.warehouse.profile import check_same, read_target, warehouse_of

PROFILES = """
acme:
  target: "{{ env_var('ACME_TARGET', 'file') }}"
  outputs:
    file: {type: duckdb, path: "{{ env_var('SLUICE_HOME') }}/warehouse.duckdb"}
    named: {type: duckdb, path: /data/company.duckdb, schema: marketing}
    relative: {type: duckdb, path: company.duckdb}
    server:
      type: postgres
      host: db.acme.example
      port: "{{ env_var('ACME_PORT', '6543') | as_number }}"
      user: sluice
      password: "{{ env_var('ACME_PASSWORD', 'pl4nted') }}"
      dbname: company
      schema: sluice
      sslmode: require
      role: marketing
    elsewhere: {type: oracle, host: x}
    cloud: {type: duckdb, path: "md:company"}
    port: {type: postgres, host: x, port: "{{ env_var('ACME_PORT', 'five') }}", dbname: x}
    broken: {type: duckdb, path: "{{ env_var('ACME_NOT_SET') }}"}
    clever: {type: duckdb, path: "{{ target.name }}"}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DBT_TARGET", "DBT_PROFILE", "DBT_PROFILES_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "dbt_project.yml").write_text("name: acme\nprofile: acme\n")
    (tmp_path / "profiles.yml").write_text(PROFILES)
    return tmp_path


def test_the_file_in_the_home(project: Path) -> None:
    found = warehouse_of(project, project / "home")
    assert found == DuckDBFile(project / "home" / "warehouse.duckdb", project / "home")
    assert found.home_file == project / "home" / "warehouse.duckdb"


def test_a_file_of_the_company(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBT_TARGET", "named")
    found = warehouse_of(project, project / "home")
    assert found == DuckDBFile(Path("/data/company.duckdb"), project / "home", "marketing_")
    assert (found.home_file, found.name_of("raw")) == (None, "marketing_raw")


def test_a_file_of_the_company_that_is_none_is_not_ours_to_restore(tmp_path: Path) -> None:
    (tmp_path / "company.duckdb").write_text("not a database")
    with pytest.raises(ConfigurationError) as refused:
        DuckDBFile(tmp_path / "company.duckdb", tmp_path / "home").open()
    assert "correct path in profiles.yml" in refused.value.fix
    assert "restore" not in refused.value.fix


def test_a_server(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_TARGET", "server")
    found = warehouse_of(project, project)
    assert isinstance(found, Postgres)
    assert found.describe() == "Postgres sluice@db.acme.example:6543/company"
    assert (found.prefix, found.password) == ("sluice_", "pl4nted")
    assert found.options == {"sslmode": "require", "options": "-c role=marketing"}


def test_a_password_is_shown_nowhere(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBT_TARGET", "server")
    target, found = read_target(project, project), warehouse_of(project, project)
    with pytest.raises(ConfigurationError) as refused:
        found.open()
    shown = f"{target!r} {target} {found!r} {found} {found.describe()} {refused.value}"
    assert "pl4nted" not in shown
    assert "cannot be reached" in refused.value.message


def test_dbt_profiles_dir_and_dbt_profile_hold(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "profiles.yml").write_text(PROFILES.replace("acme:", "theirs:", 1))
    monkeypatch.setenv("DBT_PROFILES_DIR", str(other))
    monkeypatch.setenv("DBT_PROFILE", "theirs")
    target = read_target(project, project)
    assert (target.folder, target.profile, target.name) == (other, "theirs", "file")


@pytest.mark.parametrize(
    ("target", "words", "fix"),
    [
        ("nowhere", "has no target nowhere", "one of file, named, relative, server"),
        ("relative", "is company.duckdb: dbt would take it from the folder", "write it from /"),
        ("elsewhere", "is of the type oracle, which Sluice cannot run on", "duckdb, postgres"),
        ("cloud", "is no DuckDB file but md:", "docs/warehouses.md"),
        ("port", "is no number", "write port: 5432"),
        ("broken", "reads the environment variable ACME_NOT_SET, which is not set", "set ACME"),
        ("clever", "has Jinja that cannot be read", "env_var"),
    ],
)
def test_what_is_not_clear_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, target: str, words: str, fix: str
) -> None:
    monkeypatch.setenv("DBT_TARGET", target)
    with pytest.raises(ConfigurationError) as refused:
        warehouse_of(project, project)
    assert words in refused.value.message
    assert fix in refused.value.fix


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("acme: [", "is no YAML (line 1)"),
        ("- a list", "has no profile acme"),
        ("other: {target: x, outputs: {x: {type: duckdb}}}", "has no profile acme"),
        ("acme: {target: x}", "has no target x"),
        ("acme: {target: x, outputs: [x]}", "has no target x"),
        (None, "cannot be read"),
    ],
)
def test_a_profile_that_is_none(
    project: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, words: str
) -> None:
    monkeypatch.setenv("DBT_PROFILES_DIR", str(project))
    path = project / "profiles.yml"
    path.write_text(text) if text is not None else path.unlink()
    with pytest.raises(ConfigurationError) as refused:
        warehouse_of(project, project)
    assert words in refused.value.message


def test_dbt_and_we_must_mean_the_same_database(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = warehouse_of(project, project / "home")
    check_same(ours, {"type": "duckdb", "path": str(project / "home" / "warehouse.duckdb")})
    with pytest.raises(ConfigurationError, match="dbt reads another database"):
        check_same(ours, {"type": "duckdb", "path": "/data/other.duckdb"})
    monkeypatch.setenv("DBT_TARGET", "server")
    server, same = warehouse_of(project, project), {"host": "db.acme.example", "user": "sluice"}
    check_same(server, {**same, "port": 6543, "dbname": "company"})
    with pytest.raises(ConfigurationError, match="dbt reads another database"):
        check_same(server, {**same, "port": 6543, "dbname": "other"})
