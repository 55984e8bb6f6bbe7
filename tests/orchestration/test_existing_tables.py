"""Sources that are tables of the warehouse already, loaded by somebody else: read where they are,
in a schema of the same file or in another DuckDB file, and never written to.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

from sluice.orchestration.installation.starter import write_project
from tests.conftest import Outcome, sluice

NOON = ("--as-of", "2026-07-01T12:00+00:00")
SOURCES = "models/staging/shop/_shop__sources.yml"


LOADERS = {
    "airbyte": ("_airbyte_extracted_at", "_ab_cdc_deleted_at", "timestamp '2026-06-30 20:00:00'"),
    "fivetran": ("_fivetran_synced", "_fivetran_deleted", "true"),
}


def load_elsewhere(project: Path, file: Path, schema: str, loader: str) -> None:
    """What a loader does: the starter's files become tables of a schema of somebody else's, with
    its own columns, and K-2 is gone at the source; the files are gone.
    """
    loaded_at, gone, mark = LOADERS[loader]
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(file)) as connection:
        connection.execute(f'create schema "{schema}"')
        for path in sorted((project / "raw").iterdir()):
            connection.execute(
                f'create table "{schema}"."{path.stem.removeprefix("shop_")}" as select *,'
                f" timestamp '2026-06-30 20:00:00' as {loaded_at},"
                f" case when customer_no = 'K-2' then {mark} end as {gone}"
                f" from read_csv('{path}', types={{'customer_no': 'varchar'}})"
            )
            path.unlink()


def read_there(project: Path, schema: str, database: str, loader: str) -> None:
    """The yml of the sources names the tables that are there, and the staging what is gone."""
    contacts = project / "models/staging/shop/stg_shop__contacts.sql"
    text = contacts.read_text()
    mark = f"created_at='signed_up', is_deleted=sluice.deleted_by('{loader}')"
    contacts.write_text(text.replace("created_at='signed_up'", mark))
    path = project / SOURCES
    (source,) = yaml.safe_load(path.read_text())["sources"]
    source["schema"] = schema
    source["loaded_at_field"] = LOADERS[loader][0]
    if database:
        source["database"] = database
    for table in source["tables"]:
        table["identifier"] = table["name"].removeprefix("shop_")
    path.write_text(yaml.safe_dump({"sources": [source]}, allow_unicode=True))


def attach(project: Path, file: Path) -> None:
    """The project's profile attaches the file."""
    path = project / "profiles.yml"
    line = f"      attach: [{{path: '{file}', alias: company, read_only: true}}]\n"
    path.write_text(re.sub(r"(      type: duckdb\n)", rf"\1{line}", path.read_text()))


# a schema of the warehouse: test_the_company_s_own_file_is_the_warehouse asserts it of another file
@pytest.fixture(
    params=[pytest.param("a schema of the warehouse", marks=pytest.mark.long), "a file of its own"]
)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path, Path]:
    """A new project whose source is loaded by somebody else: its folder, its home, and the file
    that the tables are in.
    """
    project, home = tmp_path / "acme", tmp_path / "home"
    write_project(project)
    is_apart = request.param == "a file of its own"
    file = tmp_path / "company.duckdb" if is_apart else home / "warehouse.duckdb"
    loader = "fivetran" if is_apart else "airbyte"
    load_elsewhere(project, file, "Shop Data", loader)
    read_there(project, "Shop Data", "company" if is_apart else "", loader)
    if is_apart:
        attach(project, file)
    return project, home, file


def run(project: Path, home: Path, *arguments: str) -> Outcome:
    return sluice("--project", str(project), *arguments, home=home)


def run_twice(project: Path, home: Path, file: Path) -> None:
    """What is due is sent once, and the loader's schema is left as it was."""
    first = run(project, home, "run", *NOON, "--json")
    assert first.code == 0, first.stdout + first.stderr
    assert first.json["errors"] == []
    assert first.json["messages"]["sent"] == 2
    assert first.json["messages"]["suppressed"] == {"withdrawn": 1}
    # K-2 is gone at the source
    assert [(one["sync"], one["entered"]) for one in first.json["syncs"]] == [("crm_contacts", 4)]
    again = run(project, home, "run", *NOON, "--json")
    assert (again.code, again.json["messages"]["sent"]) == (0, 0)
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'Shop Data' order by 1"
        )
        assert found.fetchall() == [("customers",), ("orders",)]


@pytest.mark.long
def test_they_are_read_where_they_are(shop: tuple[Path, Path, Path]) -> None:
    project, home, file = shop
    run_twice(project, home, file)
    for arguments in (("lint",), ("segments", "preview", "repeat_buyers"), ("contact", "K-4")):
        done = run(project, home, *arguments)
        assert (done.code, "Traceback" in done.stderr) == (0, False), done.stdout + done.stderr


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("shop", ["a file of its own"], indirect=True)
def test_what_is_wrong_there_is_said_and_nothing_is_sent(shop: tuple[Path, Path, Path]) -> None:
    project, home, file = shop
    holder = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        held = run(project, home, "run", *NOON, "--json")
        owner.communicate("")
    assert held.code != 0
    assert f"process {owner.pid} has {file.name} open" in held.stdout + held.stderr
    with duckdb.connect(str(file)) as connection:
        connection.execute('alter table "Shop Data".customers rename to customer')
    missing = run(project, home, "run", *NOON, "--json")
    assert missing.code != 0
    words = "no table company.Shop Data.customers in the warehouse; near names:"
    assert f"{words} company.Shop Data.customer" in missing.stdout
    with duckdb.connect(str(file)) as connection:
        connection.execute('alter table "Shop Data".customer rename to customers')
        connection.execute("""update "Shop Data".customers set _fivetran_synced = '2026-05-01'""")
    old = run(project, home, "run", *NOON, "--json")
    assert old.code == 3
    assert "shop_customers are" in old.stdout
    assert old.json["messages"]["sent"] == 0


@pytest.mark.long
@pytest.mark.long
@pytest.mark.parametrize("shop", ["a file of its own"], indirect=True)
def test_a_file_that_moved_is_read_where_the_profile_says_now(
    shop: tuple[Path, Path, Path],
) -> None:
    project, home, file = shop
    assert run(project, home, "run", *NOON, "--json").code == 0
    moved = file.rename(file.with_name("moved.duckdb"))
    assert run(project, home, "run", *NOON, "--json").code != 0
    profile = project / "profiles.yml"
    profile.write_text(profile.read_text().replace(str(file), str(moved)))
    again = run(project, home, "run", *NOON, "--json")
    assert (again.code, again.json["messages"]["sent"]) == (0, 0), again.stdout + again.stderr


@pytest.mark.slow
def test_the_company_s_own_file_is_the_warehouse(tmp_path: Path) -> None:
    """Our schemas have the target's before them, and nothing is made in any other; a past day is
    decided on a copy, and a backup is its owner's.
    """
    project, home, file = tmp_path / "acme", tmp_path / "home", tmp_path / "company.duckdb"
    write_project(project)
    load_elsewhere(project, file, "Shop Data", "airbyte")
    read_there(project, "Shop Data", "", "airbyte")
    profile = project / "profiles.yml"
    kept = re.sub(r"path: .*", f"path: '{file}'\n      schema: marketing", profile.read_text())
    profile.write_text(kept)
    run_twice(project, home, file)
    assert not (home / "warehouse.duckdb").exists()
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute("select distinct schema_name from duckdb_tables()").fetchall()
    assert {name for (name,) in found if not name.startswith("marketing_")} == {"Shop Data"}
    before = file.read_bytes()
    past = run(project, home, "run", "--as-of", "2026-06-20T12:00+00:00", "--json")
    assert past.code == 0, past.stdout + past.stderr
    assert "decided on a copy" in " ".join(past.json["notes"])
    assert file.read_bytes() == before
    refused = run(project, home, "backup", str(tmp_path / "backup"))
    assert refused.code == 2
    assert "`sluice backup` is not for a warehouse on the DuckDB file" in refused.stderr
    for arguments in (
        ("lint",),
        ("doctor",),
        ("contact", "K-4"),
        ("segments", "list"),
        ("segments", "preview", "repeat_buyers"),
    ):
        done = run(project, home, *arguments)
        assert (done.code, "Traceback" in done.stderr) == (0, False), done.stdout + done.stderr
