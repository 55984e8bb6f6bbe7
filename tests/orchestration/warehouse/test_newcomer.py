"""A newcomer's walk: a company's Postgres that others load, a user with the least rights, a project
from `sluice init --warehouse postgres`, and what goes wrong on the way.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sluice.orchestration.installation.starter import write_project
from tests.conftest import Outcome, sluice
from tests.postgres import OWNER, Server

NOON = ("--as-of", "2026-07-01T12:00+00:00")
SOURCES = "models/staging/shop/_shop__sources.yml"
APP, LOADER = "marketing", "airbyte"
RIGHTS = (  # as docs/warehouses.md lists them
    'grant connect, create, temporary on database {database} to "{user}"',
    'grant usage on schema crm, "Shop Data" to "{user}"',
    'grant select on all tables in schema crm, "Shop Data" to "{user}"',
)
LOADED = (
    "create schema crm",
    'create schema "Shop Data"',
    """create table crm.accounts (
        customer_no text, mail text, person text, lang text, newsletter text, signed_up timestamptz,
        _airbyte_raw_id text, _airbyte_extracted_at timestamptz, _airbyte_meta jsonb,
        _ab_cdc_deleted_at text)""",
    """create table "Shop Data"."Order" (
        order_no text, customer_no text, total numeric(12, 2), ordered_at timestamptz,
        _airbyte_raw_id text, _airbyte_extracted_at timestamptz, _airbyte_meta jsonb,
        _ab_cdc_deleted_at text)""",
)


class Company:
    """A database that a loader fills, and a project on it."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.project, self.home = server, folder / "acme", folder / "home"
        for role in (APP, LOADER):
            if not server.run("postgres", f"select 1 from pg_roles where rolname = '{role}'"):
                server.run("postgres", f"create role {role} login")
        self.database = server.database(owner=LOADER)
        server.run("postgres", f"revoke all on database {self.database} from public")
        server.run(self.database, "revoke all on schema public from public")
        server.run(self.database, *LOADED, user=LOADER)
        write_project(self.project, warehouse="postgres")
        self._load()
        self._read_there()
        self.grant(*RIGHTS)

    def grant(self, *rights: str) -> None:
        for right in rights:
            self.server.run(self.database, right.format(database=self.database, user=APP))

    def owner(self, *statements: str) -> list[tuple[object, ...]]:
        """What whoever looks after the database does."""
        return self.server.run(self.database, *statements, user=OWNER)

    def sluice(self, *arguments: str) -> Outcome:
        settings = self.server.settings(self.database, APP)
        return sluice("--project", str(self.project), *arguments, home=self.home, **settings)

    def run(self) -> Outcome:
        return self.sluice("run", *NOON, "--json")

    def _load(self) -> None:
        """The starter's files, as Airbyte would have loaded them; K-2 is gone at the source."""
        for file, table in (("customers", "crm.accounts"), ("orders", '"Shop Data"."Order"')):
            path = self.project / "raw" / f"shop_{file}.csv"
            header, *lines = path.read_text(encoding="utf-8").splitlines()
            for line in lines:
                values = ", ".join(f"nullif('{cell}', '')" for cell in line.split(","))
                gone = "'2026-06-30T20:00:00Z'" if file == "customers" and "K-2" in line else "null"
                self.server.run(
                    self.database,
                    f"create temp table line ({header.replace(',', ' text, ')} text);"
                    f" insert into line values ({values}); insert into {table} ({header},"
                    f" _airbyte_extracted_at, _ab_cdc_deleted_at) select {_typed(header)},"
                    f" '2026-06-30 20:00:00+00', {gone} from line; drop table line",
                    user=LOADER,
                )
            path.unlink()

    def _read_there(self) -> None:
        """The sources name the tables that are there."""
        path = self.project / SOURCES
        (source,) = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
        customers, orders = source["tables"]
        customers["identifier"], orders["identifier"] = "accounts", "Order"
        shared = {key: value for key, value in source.items() if key not in {"tables", "name"}}
        shared["loaded_at_field"] = "_airbyte_extracted_at"
        found = [
            {**shared, "name": "shop", "schema": "crm", "tables": [customers]},
            {**shared, "name": "shop_orders", "schema": "Shop Data", "tables": [orders]},
        ]
        path.write_text(yaml.safe_dump({"sources": found}, sort_keys=False), encoding="utf-8")
        staging = self.project / "models" / "staging" / "shop"
        for name, old, new in (
            ("contacts", "created_at='signed_up'", AIRBYTE),
            ("events", "source('shop', 'shop_orders')", "source('shop_orders', 'shop_orders')"),
        ):
            file = staging / f"stg_shop__{name}.sql"
            text = file.read_text(encoding="utf-8")
            assert old in text
            file.write_text(text.replace(old, new), encoding="utf-8")


AIRBYTE = "created_at='signed_up', is_deleted=sluice.deleted_by('airbyte')"


def _typed(header: str) -> str:
    types = {"signed_up": "timestamptz", "ordered_at": "timestamptz", "total": "numeric"}
    return ", ".join(f"{name}::{types.get(name, 'text')}" for name in header.split(","))


@pytest.fixture
def company(postgres: Server, tmp_path: Path) -> Company:
    return Company(postgres, tmp_path)


def test_a_newcomer_on_a_company_s_postgres(company: Company) -> None:
    first = company.run()
    assert first.code == 0, first.stdout + first.stderr
    assert first.json["messages"]["sent"] == 2
    assert first.json["messages"]["suppressed"] == {"withdrawn": 1}
    # K-2 is gone at the source
    assert [(one["sync"], one["entered"]) for one in first.json["syncs"]] == [("crm_contacts", 4)]
    again = company.run()
    assert (again.code, again.json["messages"]["sent"]) == (0, 0)
    schemas = company.owner(
        "select nspname, pg_get_userbyid(nspowner) from pg_namespace where nspname !~ '^pg_'"
        " and nspname not in ('information_schema', 'public')"
    )
    assert {name for name, owner in schemas if owner == LOADER} == {"crm", "Shop Data"}
    assert all(str(name).startswith("sluice") for name, owner in schemas if owner == APP)
    made = "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
    assert company.owner(made) == [(0,)]
    for arguments in (
        ("lint",),
        ("doctor",),
        ("report",),
        ("missing",),
        ("segments", "list"),
        ("segments", "preview", "repeat_buyers"),
        ("segments", "explain", "repeat_buyers", "K-4"),
        ("contact", "K-4"),
    ):
        done = company.sluice(*arguments)
        assert (done.code, "Traceback" in done.stderr) == (0, False), done.stdout + done.stderr
    shown = company.sluice("doctor").stdout
    assert f"warehouse: Postgres {APP}@127.0.0.1:{company.server.port}/{company.database}" in shown
    revoked = f"revoke select on crm.accounts from {APP}"
    is_said_and_nothing_is_sent(company, revoked, "permission denied for table accounts")


@pytest.mark.long
@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(
            'alter table crm.accounts rename to "accounts_2026"',
            "the source shop has no table crm.accounts in the warehouse; near names:"
            " crm.accounts_2026",
            id="a table is gone",
        ),
        pytest.param(
            "alter table crm.accounts rename column mail to email",
            "mail",
            id="a column is gone",
        ),
        pytest.param(
            "alter table crm.accounts alter column signed_up type text using 'no day'",
            "stg_shop__contacts",
            id="a column has another type",
        ),
    ],
)
def test_what_is_wrong_there_is_said_and_nothing_is_sent(
    company: Company, change: str, words: str
) -> None:
    assert company.run().code == 0
    is_said_and_nothing_is_sent(company, change, words)


def is_said_and_nothing_is_sent(company: Company, change: str, words: str) -> None:
    """In the first run after the change."""
    company.owner(change)
    done = company.run()
    assert done.code == 1, done.stdout + done.stderr
    assert words in "\n".join(done.json["errors"])
    assert (done.json["messages"]["sent"], done.json["syncs"][0]["exited"]) == (0, 0)


@pytest.mark.slow
def test_a_user_without_rights_is_told_which(company: Company) -> None:
    company.owner(f"revoke create on database {company.database} from {APP}")
    done = company.run()
    assert done.code == 2
    assert "permission denied for database" in done.stderr
    assert "docs/warehouses.md" in done.stderr
    assert "Traceback" not in done.stderr
