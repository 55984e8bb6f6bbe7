"""Why a message could be sent: the consent statement that the decision relied on, with who, what,
when, how, and the version of the text that was agreed to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sluice.orchestration.warehouse.base import UnknownNameError, Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse

# a decision and the consent it was made by are of one run: the tables are as that run left them.
# Of a message that was sent earlier, the statement is the last one that was not later than it
DECIDED = """
select
    d.message_id as delivery_id, d.campaign, d.channel, d.purpose, d.occurrence, d.decision,
    d.reason, d.decided_at, c.status as consent, c.record_source as stated_in,
    c.record_id as stated_by_record, c.stated_at, c.proof, c.text_version
from activation.message_decisions as d
left join contacts.contact_consents as c
    on d.contact_id = c.contact_id and d.channel = c.channel and d.purpose = c.purpose
where d.contact_id in ({ids})
order by d.campaign, d.occurrence"""
SENT = """
with sent as (
    select
        r.delivery_id, r.activation as campaign, r.destination, min(r.occurred_at) as sent_at,
        min(r.as_of) as as_of
    from ledger.receipts as r
    where r.kind = 'message' and r.state = 'accepted' and r.subject_id in ({ids})
    group by r.delivery_id, r.activation, r.destination
),

granted as (
    select
        s.delivery_id, g.channel, g.stated_at, g.proof, g.text_version, g.record_source,
        g.record_id,
        row_number() over (
            partition by s.delivery_id, g.channel order by g.stated_at desc, g.proof
        ) as place
    from sent as s
    inner join activation.int_campaigns as m on s.campaign = m.campaign
    inner join contacts.int_consent_statements as g
        on m.channel = g.channel and m.purpose = g.purpose
        and (g.stated_at is null or g.stated_at <= s.as_of)
    inner join identity.identity_map as i
        on g.record_source = i.source and g.record_id = i.record_id
    where g.status = 'granted' and i.contact_id in ({ids})
)

select
    s.delivery_id, s.campaign, s.destination, s.sent_at, g.channel, g.record_source as stated_in,
    g.record_id as stated_by_record, g.stated_at, g.proof, g.text_version
from sent as s
left join granted as g on s.delivery_id = g.delivery_id and g.place = 1
order by s.sent_at, s.delivery_id"""


def reasons_of(warehouse: Warehouse, contact_ids: Sequence[int]) -> list[dict[str, Any]]:
    """One row a message that was sent, and one a decision that was not sent yet; times are UTC."""
    ids = ", ".join(str(int(one)) for one in contact_ids)
    found: list[dict[str, Any]] = []
    with open_warehouse(warehouse) as session:
        for sql in (SENT, DECIDED):
            try:
                found += session.execute(sql.format(ids=ids)).records()
            except UnknownNameError:  # not built yet, or by an earlier version
                continue
    sent = {row["delivery_id"] for row in found if "sent_at" in row}
    return [
        {name: _plain(value) for name, value in row.items()}
        for row in found
        if "sent_at" in row or row["delivery_id"] not in sent
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
