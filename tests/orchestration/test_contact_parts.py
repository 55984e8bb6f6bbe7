"""What `sluice contact` shows is titled everywhere, and says who got which coupon and owner."""

from __future__ import annotations

import duckdb
import pytest

from sluice.orchestration.cli.contact import TITLES
from sluice.orchestration.inspection.contact_parts import PARTS
from sluice.orchestration.rights.labels import LABELS

TABLES = """
create schema journeys;
create schema contacts;
create table contacts.contact_chats as
    select c.*, 'wechat' as channel, cast(null as varchar) as campaign, cast(null as varchar) as template,
        cast(null as varchar) as staff_name, 'text' as message_kind, 'accepted' as delivery_state
    from (values (3, 1, timestamp '2026-06-03', 'staff', 'c'), (2, 1, timestamp '2026-06-01', 'campaign', 'a'),
        (1, 1, timestamp '2026-06-02', 'contact', 'b'), (4, 2, timestamp '2026-06-02', 'contact', 'd'))
    as c (event_key, contact_id, said_at, spoken_by, message_text);
create table journeys.journey_coupons as
    select * from (values ('A2', 'spring', 'welcome', 7, 1, timestamp '2026-06-02'),
        ('A1', 'spring', 'welcome', 8, 1, timestamp '2026-06-01'),
        ('B1', 'spring', 'welcome', 9, 2, timestamp '2026-06-01'))
    as c (code, pool, journey, enrolment_id, contact_id, given_at);
create table journeys.contact_owners as
    select * from (values (1, 'lin', 'sales', timestamp '2026-06-01'), (2, 'wang', null, null))
    as o (contact_id, owner_id, team, assigned_at);
"""


def test_every_part_has_a_title() -> None:
    assert set(TITLES) == set(PARTS)


@pytest.mark.parametrize(
    ("part", "wanted"),
    [("coupons", ["A1", "A2"]), ("owner", ["lin"])],
)
def test_a_contact_shows_what_journeys_gave(part: str, wanted: list[str]) -> None:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        found = connection.execute(PARTS[part], [1])
        column = [one[0] for one in found.description].index(
            "code" if part == "coupons" else "owner_id"
        )
        assert [row[column] for row in found.fetchall()] == wanted
    assert part in LABELS


def test_a_conversation_is_in_order_and_says_who_spoke() -> None:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        found = connection.execute(PARTS["chats"], [1])
        columns = [one[0] for one in found.description]
        rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    said = [(row["spoken_by"], row["message_text"]) for row in rows]
    assert said == [("campaign", "a"), ("contact", "b"), ("staff", "c")]


def test_of_a_long_conversation_the_latest_is_shown() -> None:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        connection.execute(
            "insert into contacts.contact_chats (event_key, contact_id, said_at, spoken_by,"
            " message_text) select 100 + i, 1, timestamp '2026-07-01' + i * interval '1 minute',"
            " 'contact', cast(i as varchar) from range(250) as r (i)"
        )
        found = connection.execute(PARTS["chats"], [1])
        place = [one[0] for one in found.description].index("message_text")
        texts = [row[place] for row in found.fetchall()]
    assert texts == [str(one) for one in range(50, 250)]
