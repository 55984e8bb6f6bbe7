"""The starter's company with its warehouse, ledger and inbox in one Postgres database, and one more
customer, of whom three sources and the inbox hold something.
"""

from __future__ import annotations

import io
import subprocess
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sluice.activations.inbox.events import Event, key_of
from sluice.orchestration.installation.project import open_project
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.installation.starter import write_project
from sluice.orchestration.landing.inbox import open_inbox
from tests.conftest import Outcome, sluice
from tests.dbt_project.services import postgres_binaries
from tests.orchestration.rights.planted import forms
from tests.postgres import OWNER, Server

VALUES = {
    "email": "quirina.planted@vergissmein.example",
    "phone": "13912345876",
    "name": "Quirina Zyxwander",
    "address": "88 Vergissmein Lane Flat 9",
    "openid": "oA_planted0f2e4d6c8b1a3957",
    "unionid": "oU_planted7c5b3a190f2e4d6c",
    "cookie": "ck_planted01234567",
    "company note": "asked about the violet contract",
    "deal text": "renewal of the lakeside villa",
    "coupon": "VERGISSMEIN-88-ZYX",
    "form answer": "call me after the regatta",
    "chat message": "is the teal parasol in stock",
    "page URL": "https://acme.example/gift?for=theodosia-zyx",
    "search keyword": "heirloom barometer repair",
}
V = VALUES
KEY = V["email"]
NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
NOON = ("--as-of", "2026-07-01T12:00+00:00")
CUSTOMERS = f"K-77,{KEY},{V['name']},en,yes,2026-03-01 11:05:00,{V['unionid']},{V['company note']}"
OF_ANNA = ("K-1,anna.berg@mail.example,Anna Berg", "oU_of_anna_berg_77", "asked about the tulips")
ORDERS = f"O-77,K-77,99.50,2026-03-20 18:40:00,{V['coupon']},{V['deal text']}"
FOLLOWERS = {
    "wechat_followers.csv": "openid,unionid,followed_at\n"
    f"{V['openid']},{V['unionid']},2026-05-03 00:57:35\n"
    "oA_of_anna_berg_12345,oU_of_anna_berg_77,2026-05-04 00:57:35\n",
}
SOURCE = """sources:
  - name: wechat
    description: "Followers of the account. Times without an offset are UTC."
    schema: "{{ target.schema }}_raw"
    config: {meta: {time_zone: UTC}}
    tables:
      - name: wechat_followers
        description: "One row per follower."
        columns:
          - {name: openid, data_type: varchar, description: "The follower.", config: {meta: {required: true}}}
          - {name: unionid, data_type: varchar, description: "The person, in all accounts."}
          - {name: followed_at, data_type: timestamp, description: "Since when, UTC."}
models:
  - {name: stg_wechat__contacts, description: "Followers. One row per record version."}
"""
STAGING = """select
    {{ sluice.contact_record('wechat', record_id='openid', unionid='unionid', created_at='followed_at') }}
from {{ source('wechat', 'wechat_followers') }}
"""
BINARY = """select table_schema, table_name, column_name from information_schema.columns
where data_type = 'bytea' and table_schema not in ('pg_catalog', 'information_schema')"""
TRAITS = {
    "email": "Quirina.Planted@VERGISSMEIN.example",
    "phone": "+86 139-1234-5876",
    "name": V["name"],
    "address": {"street": V["address"]},
}


@dataclass(frozen=True)
class Visitor:
    """Who calls on the site, in a form and in a chat, and what they say there."""

    who: Mapping[str, str]
    openid: str
    traits: Mapping[str, Any]
    said: Mapping[str, str]

    def bodies(self) -> list[tuple[str, str, Mapping[str, Any]]]:
        """(source, kind, body) of each event."""
        said, traits = self.said, self.traits
        track = {"event": "Products Searched", "properties": {"query": said["search keyword"]}}
        page = {"context": {"page": {"url": said["page URL"], "path": "/gift"}}}
        form: dict[str, Any] = {
            "form": "contact",
            "version": "1",
            "fields": {"message": said["form answer"]},
        }
        form |= {"traits": traits, "confirmed": True, "anonymousId": self.who["anonymousId"]}
        chat = {"openid": self.openid, "event": "wechat_text_reply"}
        return [
            ("website", "identify", {**self.who, "traits": traits}),
            ("website", "page", {**self.who, **page}),
            ("website", "track", {**self.who, **track}),
            ("forms", "form", form),
            ("wechat", "wechat", {**chat, "properties": {"text": said["chat message"]}}),
        ]


QUIRINA = Visitor({"userId": "u-planted-7777", "anonymousId": V["cookie"]}, V["openid"], TRAITS, V)
ANNA = Visitor(
    {"userId": "u-anna-11111", "anonymousId": "ck_of_anna_12345"},
    "oA_of_anna_berg_12345",
    {"email": "anna.berg@mail.example", "name": "Anna Berg"},
    {
        "search keyword": "garden chairs",
        "page URL": "https://acme.example/gift?for=a-garden",
        "form answer": "when do you open",
        "chat message": "are the tulips in stock",
    },
)


class Company:
    """The project, its database and its home."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.database = server, server.database()
        self.project, self.home, self.count = folder / "acme", folder / "home", 0
        write_project(self.project, warehouse="postgres")
        url = f"postgresql+psycopg2://{OWNER}@127.0.0.1:{server.port}/{self.database}"
        self.settings = {**server.settings(self.database), "SLUICE_LEDGER_URL": url}
        self._plant()

    def sluice(self, *arguments: str) -> Outcome:
        """A command of the project."""
        return sluice("--project", str(self.project), *arguments, home=self.home, **self.settings)

    def run(self) -> Outcome:
        """A run, which has to succeed."""
        done = self.sluice("run", *NOON, "--json")
        assert done.code == 0, done.stdout + done.stderr
        return done

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.server.run(self.database, sql)

    def keep(self, visitor: Visitor) -> None:
        """The visitor's events come into the inbox."""
        rows = []
        for source, kind, body in visitor.bodies():
            self.count += 1
            key = key_of(source, f"m{self.count}", {}, "")
            rows.append(Event(source, kind, key, NOW + timedelta(seconds=self.count), body))
        with self._in_this_process() as settings, open_inbox(settings) as inbox:
            inbox.keep(rows, NOW + timedelta(seconds=self.count))

    @contextmanager
    def _in_this_process(self) -> Iterator[Any]:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**self.settings, "SLUICE_HOME": str(self.home)}.items():
                patch.setenv(name, value)
            yield load_settings(open_project(self.project))

    def dump(self) -> bytes:
        """All that the database holds, as ``pg_dump`` writes it."""
        binaries = postgres_binaries()
        assert binaries is not None
        place = ("-h", "127.0.0.1", "-p", str(self.server.port), "-U", OWNER, self.database)
        command = [str(binaries / "pg_dump"), "--inserts", *place]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def dumped(self) -> list[str]:
        """The names of the values that the database holds: in any letter case, as text, as the hex
        of binary columns, and within what these hold compressed.
        """
        held = b"\n".join([self.dump(), *self._opened()]).lower()
        return [
            name
            for name, value in VALUES.items()
            for found in ({form.lower() for form in forms(value)},)
            if any(form in held or form.hex().encode() in held for form in found)
        ]

    def _opened(self) -> Iterator[bytes]:
        """What binary columns hold, Parquet read and the rest decompressed."""
        for schema, table, column in self.query(BINARY):
            for (cell,) in self.query(f'select "{column}" from "{schema}"."{table}"'):
                data = bytes(cell or b"")
                yield data
                if data[:4] == b"PAR1":
                    yield repr(pq.read_table(io.BytesIO(data)).to_pylist()).encode()
                elif data[:1] == b"x":
                    yield zlib.decompress(data)

    def land_again(self) -> None:
        """The files of the sources are written anew, the planted customer first."""
        for path in (self.project / "raw").glob("*.csv"):
            header, *lines = path.read_text(encoding="utf-8").splitlines()
            path.write_text("\n".join([header, *reversed(lines), ""]), encoding="utf-8")

    def _plant(self) -> None:
        raw, staging = self.project / "raw", self.project / "models" / "staging"
        _add(
            raw / "shop_customers.csv",
            ",unionid,note",
            CUSTOMERS,
            {OF_ANNA[0]: ",".join(OF_ANNA[1:])},
        )
        _add(raw / "shop_orders.csv", ",coupon,deal_text", ORDERS, {})
        for name, text in FOLLOWERS.items():
            (raw / name).write_text(text, encoding="utf-8")
        (staging / "wechat").mkdir()
        (staging / "wechat" / "_wechat__sources.yml").write_text(SOURCE, encoding="utf-8")
        (staging / "wechat" / "stg_wechat__contacts.sql").write_text(STAGING, encoding="utf-8")
        shop = staging / "shop"
        _replace(
            shop / "stg_shop__contacts.sql", "language='lang'", "language='lang', unionid='unionid'"
        )
        more = "currency=\"'EUR'\", properties={'coupon': 'coupon', 'deal_text': 'deal_text'}"
        _replace(shop / "stg_shop__events.sql", "currency=\"'EUR'\"", more)
        column = '          - {{name: {}, data_type: varchar, description: "As written."}}\n'
        sources = shop / "_shop__sources.yml"
        text = sources.read_text(encoding="utf-8")
        customers, orders = text.split("      - name: shop_orders\n")
        customers += column.format("unionid") + column.format("note")
        orders = orders.rstrip("\n") + "\n" + column.format("coupon") + column.format("deal_text")
        sources.write_text(f"{customers}      - name: shop_orders\n{orders}", encoding="utf-8")


def _add(path: Path, columns: str, line: str, known: Mapping[str, str]) -> None:
    """More columns, empty but for those who are ``known`` by the beginning of their line, and one
    more line.
    """
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    empty = "," * (columns.count(",") - 1)
    longer = [
        f"{one},{next((said for begin, said in known.items() if one.startswith(begin)), empty)}"
        for one in lines
    ]
    path.write_text("\n".join([header + columns, *longer, line, ""]), encoding="utf-8")


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
