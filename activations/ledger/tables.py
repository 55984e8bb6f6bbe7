"""Tables of the ledger.

``receipts`` is the log and is only appended to; ``deliveries`` is its fold, kept for the claim.

What is the same for all deliveries of a push stands once, in ``pushes``: a delivery and a receipt
are narrow, since there are millions. The tables are as the newest of migrations/versions leaves
them; a test compares the two.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()
# SQLite counts up, and keeps in the order of its key, only a table with an INTEGER key
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# what somebody or something still waits for; SQLite uses the index of it where a query says this in
# the same words
OPEN = sa.text("state not in ('accepted', 'delivered')")
HAS_VENDOR_ID = sa.text("vendor_id is not null")
HAS_ADDRESS = sa.text("address_hash is not null")

# one activation (a campaign or a sync) pushed to one destination within one run
pushes = sa.Table(
    "pushes",
    metadata,
    sa.Column("push_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("activation", sa.String(200), nullable=False),
    sa.Column("destination", sa.String(100), nullable=False),
    sa.Column("channel", sa.String(20)),  # of messages
    sa.Column("run_id", sa.String(64), nullable=False),
    sa.Column("as_of", sa.DateTime, nullable=False),
    sa.Column("on_unknown", sa.String(10)),  # what the destination's capabilities said
    sa.Index("pushes_by_run", "run_id"),
)

# a batch between its claim and its record, in one row: its deliveries are in ``batch``, and in no
# other table if they are new
claims = sa.Table(
    "claims",
    metadata,
    sa.Column("claim_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("push_id", sa.BigInteger, nullable=False),
    sa.Column("owner", sa.String(32), nullable=False),
    sa.Column("claimed_at", sa.DateTime, nullable=False),
    sa.Column("batch", sa.LargeBinary, nullable=False),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("delivery_id", COUNTER, primary_key=True, autoincrement=False),
    sa.Column("push_id", sa.BigInteger, nullable=False),  # of the last attempt
    sa.Column("subject_id", sa.BigInteger, nullable=False),
    sa.Column("operation", sa.String(10), nullable=False),
    sa.Column("row_hash", sa.BigInteger),
    sa.Column("address_hash", sa.String(64)),  # of a message
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("reason", sa.String(200)),
    sa.Column("vendor_id", sa.String(200)),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("claimed_at", sa.DateTime, nullable=False),
    sa.Column("settled_at", sa.DateTime),
    sa.Column("next_attempt_at", sa.DateTime),
    sa.Index("deliveries_open", "state", sqlite_where=OPEN, postgresql_where=OPEN),
    sa.Index(
        "deliveries_by_vendor_id",
        "vendor_id",
        sqlite_where=HAS_VENDOR_ID,
        postgresql_where=HAS_VENDOR_ID,
    ),
    sa.Index(
        "deliveries_by_address",
        "address_hash",
        sqlite_where=HAS_ADDRESS,
        postgresql_where=HAS_ADDRESS,
    ),
)

receipts = sa.Table(
    "receipts",
    metadata,
    sa.Column("receipt_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("delivery_id", sa.BigInteger, nullable=False),
    sa.Column("push_id", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("reason", sa.String(200)),
    sa.Column("vendor_id", sa.String(200)),
    sa.Column("occurred_at", sa.DateTime, nullable=False),
    sa.Column(
        "claimed_at", sa.DateTime
    ),  # of the attempt this receipt ends; null for what came after it
    sa.Column("recorded_by", sa.String(100)),  # the person, where it was one
)

# the keys of syncs that are texts, by the numbers that stand for them: a row that is gone is taken
# out by its key
sync_keys = sa.Table(
    "sync_keys",
    metadata,
    sa.Column("key_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("activation", sa.String(200), nullable=False),
    sa.Column("subject_id", sa.BigInteger, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.UniqueConstraint("activation", "subject_id", name="sync_keys_by_subject"),
)

# what a vendor said of a delivery that the ledger does not know yet: a call may come before the
# answer that it is about
early_receipts = sa.Table(
    "early_receipts",
    metadata,
    sa.Column("early_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("delivery_id", sa.BigInteger),
    sa.Column("vendor_id", sa.String(200)),
    sa.Column("address_hash", sa.String(64)),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("reason", sa.String(200)),
    sa.Column("is_suppressing", sa.Boolean, nullable=False),
    sa.Column("occurred_at", sa.DateTime, nullable=False),
    sa.Column("heard_at", sa.DateTime, nullable=False),
)

# opens, clicks and the like: what is no outcome of a delivery; event_key makes a repeat one row
message_events = sa.Table(
    "message_events",
    metadata,
    sa.Column("event_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("event_key", sa.String(64), nullable=False, unique=True),
    sa.Column("delivery_id", sa.BigInteger, nullable=False),
    sa.Column("event_type", sa.String(30), nullable=False),
    sa.Column("link", sa.String(300)),
    sa.Column("agent", sa.String(30)),
    sa.Column("is_machine", sa.Boolean, nullable=False),
    sa.Column("occurred_at", sa.DateTime, nullable=False),
    sa.Column("heard_at", sa.DateTime, nullable=False),
)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("channel", sa.String(20), primary_key=True),
    sa.Column("address_hash", sa.String(64), primary_key=True),
    sa.Column("reason", sa.String(100), nullable=False),
    sa.Column("delivery_id", sa.BigInteger),
    sa.Column("created_at", sa.DateTime, nullable=False),
)

# what a person said: it holds for the person, whatever their address is. ``contact_as_of``: when
# the contact had this id
consent_statements = sa.Table(
    "consent_statements",
    metadata,
    sa.Column("statement_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("purpose", sa.String(20), nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("contact_id", sa.BigInteger),
    sa.Column("address_hash", sa.String(64)),
    sa.Column("delivery_id", sa.BigInteger),
    sa.Column("contact_as_of", sa.DateTime),
    sa.Column("how", sa.String(100), nullable=False),
    sa.Column("stated_at", sa.DateTime, nullable=False),
    sa.Column("recorded_at", sa.DateTime, nullable=False),
    sa.Index("consent_statements_by_contact", "contact_id"),
    sa.Index("consent_statements_by_address", "address_hash"),
)

# what a person prefers, only appended to; of a preference the last row holds
preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("preference_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("contact_id", sa.BigInteger, nullable=False),
    sa.Column("delivery_id", sa.BigInteger),  # whose link led to the page
    sa.Column("preference", sa.String(60), nullable=False),
    sa.Column("value", sa.String(40), nullable=False),
    sa.Column("stated_at", sa.DateTime, nullable=False),
    sa.Column("how", sa.String(100), nullable=False),
    sa.Column("recorded_at", sa.DateTime, nullable=False),
    sa.Index("preferences_by_contact", "contact_id"),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("run_id", sa.String(64), primary_key=True),
    sa.Column("as_of", sa.DateTime, nullable=False),
    sa.Column("finished_at", sa.DateTime, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
)

pauses = sa.Table(
    "pauses",
    metadata,
    sa.Column("scope", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("reason", sa.String(200)),
    sa.Column("paused_by", sa.String(100), nullable=False),
    sa.Column("paused_at", sa.DateTime, nullable=False),
)

# guardrail: the one that was overridden, or ``approval`` for a campaign above its size. It holds
# for one plan, or without one for as long as it does not expire, up to ``size`` messages or
# operations
approvals = sa.Table(
    "approvals",
    metadata,
    sa.Column("approval_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("activation", sa.String(200), nullable=False),
    sa.Column("guardrail", sa.String(50), nullable=False),
    sa.Column("size", sa.BigInteger),
    sa.Column("plan", sa.String(64)),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("approved_by", sa.String(100), nullable=False),
    sa.Column("approved_at", sa.DateTime, nullable=False),
    sa.Column("expires_at", sa.DateTime),
    sa.Column("signature", sa.String(100)),  # of the person, over the rest of the row
    sa.Column("content", sa.String(64)),  # digest of what was approved, where four eyes are asked
)

# the journal of who is who (docs/identity.md): a hash of a source and a record's id, and the
# contact it belongs to. Only appended to; of a record the last row holds. No personal data
contact_ids = sa.Table(
    "contact_ids",
    metadata,
    sa.Column("change_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("record_key", sa.BigInteger, nullable=False),
    sa.Column("contact_id", sa.BigInteger, nullable=False),
    sa.Column("named_at", sa.DateTime, nullable=False),
)

# merges and splits of contacts, as the warehouse's identity_changes
identity_changes = sa.Table(
    "identity_changes",
    metadata,
    sa.Column("change_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("from_contact_id", sa.BigInteger, nullable=False),
    sa.Column("to_contact_id", sa.BigInteger, nullable=False),
    sa.Column("change", sa.String(10), nullable=False),
    sa.Column("record_count", sa.BigInteger, nullable=False),
    sa.Column("changed_at", sa.DateTime, nullable=False),
)

# the delivery that has an address for one campaign and occurrence: address_key is a hash of the
# three
sent_addresses = sa.Table(
    "sent_addresses",
    metadata,
    sa.Column("address_key", COUNTER, primary_key=True, autoincrement=False),
    sa.Column("delivery_id", sa.BigInteger, nullable=False),
)

# what of it is due again after a run that was cut off belongs to this plan: guardrails look at what
# came on top
begun_plans = sa.Table(
    "begun_plans",
    metadata,
    sa.Column("activation", sa.String(200), primary_key=True),
    sa.Column("plans", sa.Text, nullable=False),
    sa.Column("as_of", sa.DateTime, nullable=False),
    sa.Column("begun_at", sa.DateTime, nullable=False),
    sa.Column("items", sa.LargeBinary, nullable=False),
)

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.String(50), primary_key=True),
    sa.Column("value", sa.String(200), nullable=False),
)

# requests to erase a person. ``person``: what the erasure works with, in clear, until it is done;
# ``report``: counts, no personal data
erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("erasure_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("requested_by", sa.String(100), nullable=False),
    sa.Column("reason", sa.String(200)),
    sa.Column("requested_at", sa.DateTime, nullable=False),
    sa.Column("finished_at", sa.DateTime),
    sa.Column("person", sa.LargeBinary),
    sa.Column("report", sa.Text),
)

# what stays of an erased person: hashes under a key that only the home has. They keep the person
# out when a source sends them again
erased_keys = sa.Table(
    "erased_keys",
    metadata,
    sa.Column("kind", sa.String(300), primary_key=True),
    sa.Column("key_hash", sa.String(64), primary_key=True),
    sa.Column("erasure_id", sa.BigInteger, nullable=False),
)

# what a destination was asked to erase, claimed before the call and recorded after it. ``place``:
# which of the items of the person
erasure_calls = sa.Table(
    "erasure_calls",
    metadata,
    sa.Column("call_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("erasure_id", sa.BigInteger, nullable=False),
    sa.Column("activation", sa.String(200), nullable=False),
    sa.Column("destination", sa.String(100), nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("reason", sa.String(200)),
    sa.Column("claimed_at", sa.DateTime, nullable=False),
    sa.Column("settled_at", sa.DateTime),
    sa.UniqueConstraint("erasure_id", "activation", "place", name="erasure_calls_by_item"),
)

# golden values that a person corrected by hand, or had corrected: they win over every source until
# they are withdrawn. A contact's id is the key of a record, so merges do not move them
corrections = sa.Table(
    "corrections",
    metadata,
    sa.Column("correction_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("contact_id", sa.BigInteger, nullable=False),
    sa.Column("attribute", sa.String(100), nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("corrected_by", sa.String(100), nullable=False),
    sa.Column("corrected_at", sa.DateTime, nullable=False),
    sa.Column("withdrawn_by", sa.String(100)),
    sa.Column("withdrawn_reason", sa.String(200)),
    sa.Column("withdrawn_at", sa.DateTime),
)

# what a person ordered of journeys, only appended to: the runs after ``ordered_at`` carry it out.
# Without a contact_id it is for all who are in the journey
journey_orders = sa.Table(
    "journey_orders",
    metadata,
    sa.Column("order_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("action", sa.String(10), nullable=False),
    sa.Column("journey", sa.String(100)),
    sa.Column("contact_id", sa.BigInteger),
    sa.Column("from_node", sa.String(50)),
    sa.Column("to_node", sa.String(50)),
    sa.Column("reason", sa.String(200)),
    sa.Column("ordered_by", sa.String(100), nullable=False),
    sa.Column("ordered_at", sa.DateTime, nullable=False),
)

# what a person decided about a probable match, only appended to; of a pair the last row holds
match_decisions = sa.Table(
    "match_decisions",
    metadata,
    sa.Column("decision_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("contact_id_a", sa.BigInteger, nullable=False),
    sa.Column("contact_id_b", sa.BigInteger, nullable=False),
    sa.Column("decision", sa.String(10), nullable=False),
    sa.Column("reason", sa.String(200)),
    sa.Column("decided_by", sa.String(100), nullable=False),
    sa.Column("decided_at", sa.DateTime, nullable=False),
)

# incidents of the rules of alerts; one that is not closed is open. A notice is none, due, claimed,
# sent or failed
alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("alert_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("rule", sa.String(50), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("owner", sa.String(100), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("measured", sa.Float),
    sa.Column("limit_value", sa.Float),
    sa.Column("opened_at", sa.DateTime, nullable=False),
    sa.Column("closed_at", sa.DateTime),
    sa.Column("closed_reason", sa.String(20)),
    sa.Column("opening_notice", sa.String(10), nullable=False),
    sa.Column("closing_notice", sa.String(10), nullable=False),
)
