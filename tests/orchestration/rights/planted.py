"""The sample company with one more person, of whom every kind of thing is held."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import zlib
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from tests.conftest import Outcome, sluice
from tests.orchestration.channel_project import WORLD
from tests.projects import sample_project

VALUES = {
    "email": "quirina.planted@vergissmein.example",
    "phone": "13912345876",
    "name": "Quirina Zyxwander",
    "openid": "oA_planted0f2e4d6c8b1a3957",
    "unionid": "oU_planted7c5b3a190f2e4d6c",
    "address": "88 Vergissmein Lane Flat 9",
    "company": "Zyxwander Holdings",
    "note": "asked about the violet contract",
    "order note": "gift wrap for aunt Theodosia",
    "cookie": "ck_planted01234567",
    "crm id": "C77700planted",
    "shop id": "B77700planted",
    "form id": "F77700planted",
    "broken row": "remark on a row that cannot be read",
    "nickname": "zyxie-of-the-lake",
}
V = VALUES
KEY = V["email"]
TABLES = {
    "src_crm": f"""select *, cast(null as varchar) as note, cast(null as varchar) as home_address from t
        union all by name select '{V["crm id"]}' as crm_id, '{V["name"]}' as name, '{V["phone"]}' as mobile,
            '{V["email"]}' as email, '{V["company"]}' as company, 'Buyer' as title, 'S24' as owner_id,
            false as is_deleted, '2025-07-19 13:58:08' as created_at, '2026-05-15 10:08:08' as updated_at,
            '{V["note"]}' as note, '{V["address"]}' as home_address
        union all by name select '{V["crm id"]}' as crm_id, '{V["name"]}' as name, '{V["email"]}' as email,
            false as is_deleted, 'never' as created_at, '{V["broken row"]}' as title""",
    "src_shop": f"""from t union all by name select '{V["shop id"]}' as shop_user_id, '{V["nickname"]}' as nickname,
            '{V["name"]}' as receiver_name, '{V["phone"]}' as phone, '{V["email"]}' as email,
            '{V["unionid"]}' as unionid, '{V["openid"]}' as mini_openid, 1 as accepts_sms,
            '2025-07-26 14:09:06' as registered_at, '{V["cookie"]}' as last_cookie_id""",
    "src_webform": f"""from t union all by name select '{V["form id"]}' as submission_id, 'demo' as form_name,
            '{V["name"]}' as full_name, '+86 139-1234-5876' as phone_number, 'Quirina.Planted@VERGISSMEIN.example' as
            email_address, '{V["company"]}' as company, '{V["cookie"]}' as cookie_id, true as consent_checked,
            '2026-06-09 07:41:52' as submitted_at""",
    "src_wechat": f"""from t union all by name select '{V["openid"]}' as openid, '{V["unionid"]}' as unionid,
            '{V["nickname"]}' as nickname, '2026-05-03 00:57:35' as subscribe_time, 'qr_24' as scene""",
    "ev_order": f"""select *, cast(null as varchar) as order_note from t union all by name
        select 'O77700planted' as order_id, '{V["shop id"]}' as shop_user_id, 99.5 as amount_cny, 'completed' as status,
            timestamp '2026-06-20 02:02:42' as ts, '{V["order note"]}' as order_note""",
    "ev_web": f"""from t union all by name select 'w777' || i as event_id, '{V["cookie"]}' as anonymous_id,
            '/pricing' as page, 'direct' as utm_source, false as is_bot_ua,
            timestamp '2026-06-28 10:00:00' + interval (i) hour as ts,
            timestamp '2026-06-28 10:00:00' + interval (i) hour as received_at from range(3) as r(i)""",
    "ev_wechat": f"""from t union all by name select 'x77701' as event_id, '{V["openid"]}' as openid,
            'miniapp_open' as event_type, timestamp '2026-06-27 10:00:00' as ts""",
    "ev_email": f"""from t union all by name select 'm77701' as event_id, 'CMP0' as campaign_id,
            '{V["crm id"]}' as crm_id, '{V["email"]}' as email, 'sent' as event_type, false as is_machine_open,
            timestamp '2026-06-01 02:00:05' as ts""",
    "ev_crm_stage": f"""from t union all by name select '{V["crm id"]}' as crm_id, 'lead' as to_stage,
            '2026-06-16 09:33:10' as changed_at""",
    "consent": f"""from t union all by name select source, record_id, 'email' as channel, 'granted' as status,
            '2026-01-19 03:42:34' as changed_at
        from (values ('crm', '{V["crm id"]}'), ('shop', '{V["shop id"]}')) as p (source, record_id)""",
}  # fmt: skip


@dataclass
class Planted:
    """The copied project, its raw tables, and its home."""

    folder: Path
    profile: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.raw, self.code, self.home = (self.folder / one for one in ("raw", "code", "home"))

    def make(self) -> None:
        """Write the project and its files."""
        import shutil

        shutil.copytree(WORLD, self.raw)
        sample_project(self.code, raw=self.raw)
        for table, sql in TABLES.items():
            self.change_raw(table, sql)

    def change_raw(self, table: str, sql: str) -> None:
        """Write a raw table anew from a query of ``t``."""
        path = self.raw / f"{table}.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"create table t as from '{path}'")
            connection.execute(f"copy ({sql}) to '{path}' (format parquet)")

    def sluice(self, *arguments: str, **settings: str) -> Outcome:
        """Run a command of the project."""
        given = {"SLUICE_PROJECT": str(self.code), **self.profile, **settings}
        return sluice(*arguments, home=self.home, **given)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of the DuckDB warehouse."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def forms(value: str) -> set[bytes]:
    """How a value may stand in a file: as it is, escaped in JSON, in lower case."""
    written = {value, value.lower(), json.dumps(value)[1:-1]}
    return {one.encode() for one in written} | {value.encode("utf-16-le")}


def found_in(folder: Path, values: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """(file, name of the value) of everything below a folder, what is compressed included, in any
    letter case: in lower case it is found ten times as quickly as by re.IGNORECASE.
    """
    names = {
        one.lower(): name for name, value in (values or VALUES).items() for one in forms(value)
    }
    any_of = re.compile(b"|".join(map(re.escape, names)))
    found = {
        (str(path.relative_to(folder)), names[way])
        for path in folder.rglob("*")
        if path.is_file()
        for text in texts_of(path)
        for way in any_of.findall(text.lower())
    }
    return sorted(found)


def texts_of(path: Path) -> list[bytes]:
    """The bytes of a file, and what they are once they are decompressed."""
    data = path.read_bytes()
    texts = [data]
    if data[:4] == b"PAR1":
        texts.append(repr(pq.read_table(path).to_pylist()).encode())
    elif data[:2] == b"\x1f\x8b":
        texts.append(gzip.decompress(data))
    elif data[:15] == b"SQLite format 3":
        texts += _cells(path)
    elif path.suffix == ".duckdb":
        texts += _tables(path)
    return texts


def _cells(path: Path) -> list[bytes]:
    cells: list[bytes] = []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        for (table,) in connection.execute("select name from sqlite_master where type = 'table'"):
            for row in connection.execute(f'select * from "{table}"').fetchall():
                for value in row:
                    cells.append(str(value).encode() if not isinstance(value, bytes) else value)
                    if isinstance(value, bytes) and value[:1] == b"x":
                        cells.append(zlib.decompress(value))
    return cells


def _tables(path: Path) -> list[bytes]:
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute(
            "select schema_name, table_name from duckdb_tables() where not internal"
        ).fetchall()
        return [
            repr(connection.execute(f'from "{schema}"."{name}"').fetchall()).encode()
            for schema, name in names
        ]
