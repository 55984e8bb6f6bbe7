"""The main job on the sample company, from raw files to what each recipient received."""

from __future__ import annotations

import email
import email.policy
from collections import Counter

import duckdb
import pytest

from sluice.activations.sandbox.server import STORE_FILE
from sluice.activations.sandbox.store import Store
from tests.conftest import ROOT, WORLD, WorldRun, sluice

TRUTH = ROOT / "tests" / "data" / "world_truth"
SYNC_KEYS = {
    "sync",
    "entered",
    "changed",
    "exited",
    "held",
    "accepted",
    "failed",
    "unknown",
    "missing",
}
# where records have their address: source, its key, the column
ADDRESSES = [
    ("crm", "crm_id", "email"),
    ("shop", "shop_user_id", "email"),
    ("webform", "submission_id", "email_address"),
    ("attendee", "attendee_id", "email"),
]
MESSAGE_KEYS = {"due", "sent", "held", "held_by_reason", "suppressed", "failed", "unknown"}


def rows(world: WorldRun, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(world.home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("name", ["plan", "first", "again"])
def test_summary_has_the_promised_shape(world: WorldRun, name: str) -> None:
    outcome = getattr(world, name)
    assert outcome.code == 0, outcome.stderr
    assert {"run_id", "as_of", "syncs", "messages"} <= outcome.json.keys()
    assert all(set(sync) == SYNC_KEYS for sync in outcome.json["syncs"])
    assert set(outcome.json["messages"]) == MESSAGE_KEYS


def test_plan_says_what_the_run_does_and_has_no_effect(world: WorldRun) -> None:
    plan, run = world.plan.json, world.first.json
    assert world.ledger_after_plan.json["states"] == {}
    assert plan["messages"]["sent"] == 0
    assert plan["messages"]["due"] == run["messages"]["due"] == run["messages"]["sent"] > 0
    assert plan["messages"]["suppressed"] == run["messages"]["suppressed"]
    assert [sync["entered"] for sync in plan["syncs"]] == [
        sync["accepted"] for sync in run["syncs"]
    ]
    assert sum(sync["accepted"] for sync in run["syncs"]) > 1000


def test_second_run_sends_nothing(world: WorldRun) -> None:
    again = world.again.json
    assert again["messages"]["due"] == again["messages"]["sent"] == 0
    assert all(
        sync[kind] == 0
        for sync in again["syncs"]
        for kind in ("entered", "changed", "exited", "accepted")
    )
    assert again["messages"]["suppressed"]["already_sent"] == world.first.json["messages"]["sent"]


def test_sandbox_received_what_the_ledger_accepted(world: WorldRun) -> None:
    received = sluice("sandbox", "status", "--json", home=world.home).json
    ledger = sluice("ledger", "status", "--json", home=world.home).json
    accepted = Counter[str]()
    for row in ledger["deliveries"]:
        accepted[row["destination"]] += row["count"] if row["state"] == "accepted" else 0
    assert sum(accepted.values()) == sum(row["count"] for row in ledger["deliveries"])
    assert received["mails"] == accepted["smtp"]
    assert received["aliyun sms"] == accepted["aliyun"]
    assert received["wechat wechat"] == accepted["wechat_mass"]
    assert received["repeated_mails"] == 0
    assert received["contacts"] == received["crm_operations"]
    members = received["hubspot memberships"]
    assert received["crm_operations"] + members == accepted["hubspot"]


def test_nobody_without_consent_got_a_mail(world: WorldRun) -> None:
    """Checked against the raw consent log, the raw addresses (a box of a department belongs to
    several) and the known truth of who is who, not against the models.
    """
    store = Store(world.home / STORE_FILE)
    recipients = [row[0] for row in store.rows("select recipient from mails")]
    store.close()
    raw = " union ".join(
        f"select '{source}' as source, {key} as record_id, {column} as written"
        f" from read_parquet('{WORLD}/src_{source}.parquet')"
        for source, key, column in ADDRESSES
    )
    sql = f"""
        with person_of as (select source, record_id, person_id from read_parquet('{TRUTH}/truth_record.parquet')),
        statements as (
            select p.person_id, max(status = 'granted') as has_granted, max(status = 'withdrawn') as has_withdrawn
            from read_parquet('{WORLD}/consent.parquet') as c join person_of as p using (source, record_id)
            where channel = 'email' group by p.person_id)
        select count(*) from ({raw}) join person_of using (source, record_id)
        left join statements as s using (person_id)
        where regexp_replace(lower(replace(written, '＠', '@')), 'mailto:|[ ;]', '', 'g') = lower($1)
            and s.has_granted and not s.has_withdrawn"""
    with duckdb.connect() as connection:
        allowed = [
            connection.execute(sql, [address]).fetchall()[0][0] > 0 for address in recipients
        ]
    assert recipients
    assert all(allowed)


def test_mails_are_complete(world: WorldRun) -> None:
    store = Store(world.home / STORE_FILE)
    sources = [row[0] for row in store.rows("select source from mails")]
    store.close()
    for source in sources:
        mail = email.message_from_string(source, policy=email.policy.default)
        assert str(mail["Subject"]).startswith("广告：") or str(mail["Subject"]).isascii()
        assert "unsubscribe" in str(mail["List-Unsubscribe"])
        assert {part.get_content_type() for part in mail.walk()} >= {"text/plain", "text/html"}
        assert "{{" not in source
        assert "{%" not in source


def test_every_candidate_has_a_decision_and_a_reason(world: WorldRun) -> None:
    assert rows(
        world,
        "select (select count(*) from activation.int_message_candidates) - (select count(*) from"
        " activation.message_decisions where decision is not null and reason is not null)",
    ) == [(0,)]


def test_contacts_are_people(world: WorldRun) -> None:
    """Exact identifiers alone join few of a person's records, and hardly ever two persons'."""
    sql = f"""
        with joined as (
            select m.contact_id, t.person_id from identity.identity_map as m
            join read_parquet('{TRUTH}/truth_record.parquet') as t on m.source = t.source and m.record_id = t.record_id),
        pairs as (select count(*) * (count(*) - 1) / 2 as n from joined group by contact_id, person_id)
        select (select sum(n) from pairs) / (select sum(n) from
            (select count(*) * (count(*) - 1) / 2 as n from joined group by contact_id))"""
    assert rows(world, sql)[0][0] > 0.97
    assert rows(world, "select count(*) from identity.identity_map")[0][0] == 2404


def test_report_covers_every_outcome(world: WorldRun) -> None:
    report = sluice("report", "--json", home=world.home).json
    sent = [row for row in report if row["kind"] == "message" and row["outcome"] == "accepted"]
    assert sum(row["item_count"] for row in sent) == world.first.json["messages"]["sent"]
