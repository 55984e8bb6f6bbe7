"""A home of the first version that had an inbox: opened, upgraded and landed by today's code, each
event once. Columns were added to none of its tables since: tables came beside them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sluice.activations.database import open_engine
from sluice.activations.inbox.events import Event, PendingMail
from sluice.activations.inbox.short_links import ShortLink
from sluice.activations.ledger import migrate
from sluice.activations.ledger.migrate import REVISION, upgrade, version_of
from sluice.activations.ledger.store import Ledger
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.landing.inbox import land_inbox, open_inbox
from sluice.orchestration.landing.ledger import land_ledger
from sluice.orchestration.warehouse.reader import open_warehouse, query
from tests.activations.inbox.serving import NOW

REVISION_THEN = "0010"
INBOX = """create table inbox_events (
    event_id integer not null primary key autoincrement, event_key varchar(64) not null,
    source varchar(50) not null, kind varchar(20) not null, occurred_at datetime not null,
    received_at datetime not null, body text not null, unique (event_key));
insert into inbox_events values
    (1, 'k1', 'website', 'identify', '2026-06-28 10:00:00.000000', '2026-06-28 10:00:00.000000',
        '{"userId": "u1", "anonymousId": "ck1", "traits": {"email": "ann@shop.example"}}'),
    (3, 'k3', 'website', 'page', '2026-06-28 10:01:00.000000', '2026-06-28 10:01:00.000000',
        '{"anonymousId": "ck1", "context": {"page": {"path": "/price"}}}'),
    (4, 'k4', 'messages', 'click', '2026-06-28 10:02:00.000000', '2026-06-28 10:02:00.000000',
        '{"deliveryId": 1, "u": "https://shop.example/", "context": {"userAgent": "Mozilla/5.0"}}'),
    (5, 'k5', 'forms', 'form', '2026-06-28 10:03:00.000000', '2026-06-28 10:03:00.000000',
        '{"form": "contact", "traits": {"email": "bo@shop.example"}, "confirmed": true,
          "consents": [{"channel": "email", "status": "granted"}]}')"""
WAREHOUSE = """create schema inbox;
create table inbox.events (event_id bigint, event_key varchar, source varchar, kind varchar,
    event_type varchar, subject varchar, record_id varchar, user_id varchar, anonymous_id varchar,
    previous_id varchar, delivery_id bigint, occurred_at timestamp, received_at timestamp,
    said_at varchar, page_url varchar, page_title varchar, referrer varchar, utm_source varchar,
    utm_medium varchar, utm_campaign varchar, qr_code varchar, amount double, currency varchar,
    agent varchar, is_machine boolean, properties varchar);
create table inbox.people (event_id bigint, sequence varchar, source varchar, record_id varchar,
    user_id varchar, cookie_id varchar, email varchar, phone varchar, full_name varchar,
    given_name varchar, surname varchar, job_title varchar, birth_date varchar, gender varchar,
    language varchar, unionid varchar, province varchar, city varchar, country varchar,
    postcode varchar, industry varchar, company_size varchar, budget varchar, company varchar,
    address varchar, occurred_at timestamp, received_at timestamp, traits varchar);
create table inbox.consents (event_id bigint, record_id varchar, channel varchar, purpose varchar,
    status varchar, text_version varchar, stated_at timestamp, received_at timestamp, proof varchar);
insert into inbox.events (event_id, event_key, source, kind, anonymous_id)
values (1, 'k1', 'website', 'identify', 'ck1'), (3, 'k3', 'website', 'page', 'ck1');
insert into inbox.people (event_id, source, record_id, email) values (1, 'website', 'r1', 'ann@shop.example')"""
LEDGER = """insert into pushes values (1, 'message', 'news', 'smtp', 'email', 'run-1',
    '2026-06-27 12:00:00.000000', 'hold');
insert into deliveries values (1, 1, 7, 'send', null, 'hash', 'accepted', null, 'v1', 1,
    '2026-06-27 12:00:00.000000', '2026-06-27 12:00:01.000000', null);
insert into receipts values (1, 1, 1, 'accepted', null, 'v1', '2026-06-27 12:00:01.000000',
    '2026-06-27 12:00:00.000000', null)"""


@pytest.fixture
def older(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Events 1 and 3 were landed by that version, 4 and 5 came after its last run."""
    monkeypatch.setenv("SLUICE_HOME", str(home))
    monkeypatch.setattr(migrate, "upgrade", upgrade)  # the migrations, not the tests' template
    settings = load_settings()
    with closing(sqlite3.connect(home / "inbox.sqlite")) as connection:
        connection.executescript(INBOX)
    engine = open_engine(settings.ledger)
    upgrade(engine, REVISION_THEN)
    with engine.begin() as connection:
        assert version_of(connection) == REVISION_THEN
        for statement in LEDGER.split(";\n"):
            connection.exec_driver_sql(statement)
    engine.dispose()
    with open_warehouse(settings.warehouse, read_only=False) as session:
        session.execute(WAREHOUSE)
    return settings


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    return query(settings.warehouse, sql)


def test_the_inbox_is_upgraded_when_it_is_opened(older: Settings) -> None:
    mail = PendingMail("contact", "en", NOW + timedelta(hours=1))
    with open_inbox(older) as inbox:
        assert [row["event_key"] for batch in inbox.events_after(0) for row in batch] == [
            "k1", "k3", "k4", "k5",
        ]  # fmt: skip
        assert inbox.keep([Event("website", "page", "k3", NOW, {})], NOW) == 0
        assert inbox.keep([Event("forms", "form", "k6", NOW, {}, mail)], NOW) == 1
        assert [row["event_key"] for batch in inbox.events_after(5) for row in batch] == ["k6"]
        assert [one.event_key for one in inbox.outbox.claim(NOW, 10)] == ["k6"]
        link = ShortLink(-9, "https://shop.example/x")
        assert inbox.short_links.find(inbox.short_links.keep("s" * 64, link)) == link


def test_what_was_landed_stays_and_the_rest_is_landed_once(older: Settings) -> None:
    ledger = Ledger(older.ledger)
    assert land_inbox(older, ledger) == 2
    with open_inbox(older) as inbox:
        said = {"changes": [{"topic": "tips", "status": "refused"}], "proof": {"text": "no tips"}}
        change = {"contactId": 7, "deliveryId": 1, **said}
        inbox.keep([Event("preferences", "preference", "k6", NOW, change)], NOW)
    assert (land_inbox(older, ledger), land_inbox(older, ledger)) == (1, 0)
    keys = rows(older, "select event_key from inbox.events order by event_id")
    assert keys == [("k1",), ("k3",), ("k4",), ("k5",), ("k6",)]
    people = rows(older, "select email from inbox.people order by event_id")
    assert people == [("ann@shop.example",), ("bo@shop.example",)]
    assert rows(older, "select channel, status from inbox.consents") == [("email", "granted")]
    assert rows(older, "select contact_id, preference from inbox.preferences") == [
        (7, "topic:tips")
    ]
    assert rows(older, "select count(*) from inbox.shares") == [(0,)]


def test_the_ledger_of_then_takes_the_clicks_of_then_once(older: Settings) -> None:
    ledger = Ledger(older.ledger)
    with ledger.engine.connect() as connection:
        assert version_of(connection) == REVISION
        assert connection.execute(sa.text("select count(*) from receipts")).scalar() == 1
    land_inbox(older, ledger)
    land_inbox(older, ledger)
    assert (land_ledger(older.warehouse, ledger), land_ledger(older.warehouse, ledger)) == (1, 0)
    said = "select delivery_id, event_type from ledger.message_events"
    assert rows(older, said) == [(1, "email_clicked")]
