"""``sluice contact`` and ``sluice lint``: one person from any key, and what to look at."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from tests.conftest import WorldRun, sluice


@pytest.fixture(scope="module")
def person(world: WorldRun) -> dict[str, str]:
    """Somebody with records in several systems, a phone, an e-mail and a unionid, and the keys one
    may know them by.
    """
    sql = """
        select cast(d.contact_id as varchar), d.email, d.phone, d.unionid, min(m.source || ':' || m.record_id)
        from contacts.dim_contacts as d inner join identity.identity_map as m on d.contact_id = m.contact_id
        where d.email is not null and d.phone like '+861%' and d.unionid is not null and d.source_count >= 3
        group by all order by 1 limit 1"""
    with duckdb.connect(str(world.home / "warehouse.duckdb"), read_only=True) as connection:
        row = connection.execute(sql).fetchall()[0]
    return dict(zip(("id", "email", "phone", "unionid", "record"), map(str, row), strict=True))


@pytest.mark.parametrize(
    "key", ["id", "email", "phone", "unionid", "record", "written phone", "email in capitals"]
)
def test_contact_is_found_by_any_key(world: WorldRun, person: dict[str, str], key: str) -> None:
    spelled = {
        **person,
        "written phone": re.sub(r"^\+86(\d{3})(\d{4})", r"\1-\2-", person["phone"]),
        "email in capitals": person["email"].upper(),
    }
    found = sluice("contact", spelled[key], "--json", home=world.home).json
    assert [str(one["contact_id"]) for one in found] == [person["id"]]


def test_contact_shows_why_its_records_are_one_person(
    world: WorldRun, person: dict[str, str]
) -> None:
    (found,) = sluice("contact", person["id"], "--json", home=world.home).json
    records = {f"{record['source']}:{record['record_id']}" for record in found["records"]}
    joined = {edge["record_a"] for edge in found["edges"]} | {
        edge["record_b"] for edge in found["edges"]
    }
    assert joined == records
    assert all(edge["why"] and edge["reason_zh"] for edge in found["edges"])
    assert all(identifier["quality_reason"] for identifier in found["identifiers"])
    assert all(value["source"] and value["updated_at"] for value in found["values"])
    assert found["messages"] or found["segments"] is not None
    shown = sluice("contact", person["id"], home=world.home).stdout
    assert all(
        title in shown
        for title in ("Records", "Identifiers", "Why these records", "Golden values", "Consents")
    )


def test_unknown_key_says_what_to_give(world: WorldRun, tmp_path: Path) -> None:
    outcome = sluice("contact", "nobody@nowhere.example", home=world.home)
    assert outcome.code == 2
    assert "record id" in outcome.stderr
    assert "nowhere" not in outcome.stderr
    assert sluice("contact", "x", home=tmp_path).code == 2
    assert sluice("contact", "x", "--json", home=world.home).json == []


def test_lint_counts_faults_and_names_no_person(world: WorldRun) -> None:
    found = sluice("lint", "--json", home=world.home)
    assert found.code == 0
    assert set(found.json) == {
        "findings",
        "large_contacts",
        "suspicious_merges",
        "record_issues",
        "unclassified_sources",
        "unmatched_events",
        "consent_issues",
        "seed_faults",
    }
    issues = {
        (row["source"], row["issue"]): row["record_count"] for row in found.json["record_issues"]
    }
    assert issues["webform", "phone fake"] > 0
    assert "@" not in found.stdout
    assert "+86" not in found.stdout
