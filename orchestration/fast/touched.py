"""Whom a pass of the fast lane is about, in the copy that it decides in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sluice.orchestration.dbt.touched_alone import CONTACTS, TouchedAlone
from sluice.orchestration.fast.waiting import Waiting
from sluice.orchestration.warehouse.base import Session
from sluice.orchestration.warehouse.translation import prefixed

# by the record that an event is of, by the event itself, by the message it is about
TOUCHED = """
with fresh as (
    select event_key, record_id, delivery_id from inbox.events
    where event_id > $1 and event_id <= $2
),
found as (
    select m.contact_id from identity.identity_map as m
    inner join fresh as f on m.source = 'inbox' and m.record_id = f.record_id
    union
    select e.contact_id from contacts.contact_events as e
    inner join fresh as f on e.source = 'inbox' and e.event_id = f.event_key
    union
    select coalesce(a.contact_id, r.subject_id) from ledger.receipts as r
    inner join fresh as f on r.delivery_id = f.delivery_id
    left join identity.contact_aliases as a on r.subject_id = a.retired_contact_id
)
select distinct contact_id from found where contact_id is not null order by 1"""
# what the last run landed; of the rest, whoever may have to do with it: by the record, by a cookie,
# by the message, by what they chose; and whom the pass names anew, parts or joins
KNOWN_EVENTS = """
create or replace table landing.known_events as
select event_key from inbox.events where not (event_id > $1 and event_id <= $2)"""
KNOWN_ALIASES = """
create or replace table landing.known_aliases as
select retired_contact_id, contact_id from identity.contact_aliases"""
NOT_TOUCHED = """
select count(*) from (select unnest($1::bigint[]) as contact_id)
where contact_id not in (select contact_id from landing.touched_contacts)"""
KNOWN_CONTACTS = """
create or replace table landing.known_contacts as
select record_key, contact_id from identity.identity_map"""
CONTACTS_OF_REST = """
create or replace table landing.touched_contacts as
with fresh as (
    select * from inbox.events where event_key not in (select event_key from landing.known_events)
),
found as (
    select m.contact_id from identity.identity_map as m
    inner join fresh as f on m.record_id = f.record_id and m.source in ('inbox', 'wechat')
    union
    select m.contact_id from identity.identity_map as m
    inner join identity.int_record_identifiers as i on m.record_key = i.record_key
    inner join fresh as f on i.identifier_value in (f.anonymous_id, f.previous_id)
    where i.identifier_type = 'cookie'
    union
    select unnest([r.subject_id, m.contact_id]) from ledger.receipts as r
    inner join fresh as f on r.delivery_id = f.delivery_id
    left join identity.identity_map as m on r.subject_id = m.record_key
    union
    select a.contact_id from ledger.receipts as r
    inner join fresh as f on r.delivery_id = f.delivery_id
    inner join landing.known_aliases as a on r.subject_id = a.retired_contact_id
    union
    select unnest([p.contact_id, a.contact_id]) from inbox.preferences as p
    left join landing.known_aliases as a on p.contact_id = a.retired_contact_id
    where p.event_key not in (select event_key from landing.known_events)
    union
    select unnest([k.contact_id, m.contact_id]) from landing.known_contacts as k
    full outer join identity.identity_map as m on k.record_key = m.record_key
    where k.contact_id is distinct from m.contact_id
)
select distinct contact_id from found where contact_id is not null"""
RECORDS_OF_REST = """
create or replace table landing.touched_records as
select record_key from identity.identity_map
where contact_id in (select contact_id from landing.touched_contacts)"""
# what the run at work has planned counts under the caps, and is not the lane's to send
PLANNED = """
insert into ledger.receipts (receipt_id, delivery_id, run_id, as_of, kind, activation, destination,
    subject_id, operation, state, occurred_at)
select
    (select coalesce(max(receipt_id), 0) from ledger.receipts) + row_number() over (),
    message_id, 'planned', cast($1 as timestamp), 'message', campaign, destination, contact_id,
    'send', 'accepted', cast($1 as timestamp)
from activation.out_messages
where message_id not in (select delivery_id from ledger.receipts)"""
OF_OTHERS = (
    "delete from activation.{table} where not (list_contains($1, contact_id)"
    " and list_contains($2, campaign))"
)


def mark_known(session: Session, waiting: Waiting) -> None:
    """Before the inbox is landed: the rest is what the last run did not decide about, and what
    waits, which a run may have landed and not decided about.
    """
    session.execute(KNOWN_CONTACTS)
    session.execute(KNOWN_ALIASES)
    if session.has_table("inbox", "events"):
        session.execute(KNOWN_EVENTS, [waiting.after, waiting.last])
    else:
        session.execute("create or replace table landing.known_events (event_key varchar)")


def are_touched(session: Session, contacts: Sequence[int]) -> bool:
    """Whether these were among those whom models were made for alone, if they were."""
    if not session.has_table("landing", CONTACTS):
        return True
    return session.execute(NOT_TOUCHED, [list(contacts)]).rows == [(0,)]


def touched_alone(prefix: str) -> TouchedAlone:
    """Who makes the models of contacts for those alone that the rest of the inbox is about.
    ``prefix``: of our schemas.
    """
    statements = [prefixed(one, prefix) for one in (CONTACTS_OF_REST, RECORDS_OF_REST)]
    return TouchedAlone(statements, f"{prefix}landing.{CONTACTS}")


def find_touched(session: Session, waiting: Waiting) -> list[int]:
    """The contacts that the waiting events are about."""
    return [int(row[0]) for row in session.execute(TOUCHED, [waiting.after, waiting.last]).rows]


def count_planned(session: Session, moment: datetime) -> None:
    """Take what a run that is sending has planned and not sent yet for sent at this moment."""
    if session.has_table("activation", "out_messages"):
        session.execute(PLANNED, [moment.replace(tzinfo=None)])


def leave_only(session: Session, contacts: Sequence[int], campaigns: Sequence[str]) -> None:
    """Take out of the decisions what is of others, or of campaigns that are not fast."""
    for table in ("message_decisions", "out_messages"):
        session.execute(OF_OTHERS.format(table=table), [list(contacts), list(campaigns)])
