"""What `sluice contact` shows is titled everywhere, and says who got which coupon and owner."""

from __future__ import annotations

import duckdb
import pytest

from sluice.orchestration.cli.contact import TITLES
from sluice.orchestration.inspection.contact_parts import PARTS
from sluice.orchestration.rights.labels import LABELS

TABLES = """
create schema journeys;
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
