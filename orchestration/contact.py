"""All that is known of one person, from any identifier: what ``sluice contact`` shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from models.errors import ConfigurationError
from orchestration.warehouse import open_warehouse

FIND = """
with keys as (select unnest($1::varchar[]) as key)
select contact_id from identity.identity_map where cast(contact_id as varchar) in (select key from keys)
union select contact_id from identity.contact_aliases where cast(retired_contact_id as varchar) in (select key from keys)
union select contact_id from identity.identity_map where record_id in (select key from keys)
union select contact_id from identity.identity_map where source || ':' || record_id in (select key from keys)
union select contact_id from contacts.contact_identifiers where identifier_value in (select key from keys)
"""
RECORDS = "select record_key from identity.identity_map where contact_id = $1"
PARTS: Mapping[str, str] = {
    "records": f"""select source, record_id, full_name, phone, email, unionid, company, city, is_deleted, created_at, updated_at
        from identity.int_contact_records where record_key in ({RECORDS}) order by created_at, source, record_id""",
    "identifiers": """select identifier_type, identifier_value, quality, quality_reason, record_count, first_seen_at, last_seen_at
        from contacts.contact_identifiers where contact_id = $1 order by 1, 2""",
    "edges": f"""select e.rule, a.source || ':' || a.record_id as record_a, b.source || ':' || b.record_id as record_b,
            q.identifier_value, e.weight, coalesce(e.explanation, r.reason_en) as why, r.reason_zh
        from identity.identity_edges as e
        inner join identity.identity_map as a on e.record_key_a = a.record_key
        inner join identity.identity_map as b on e.record_key_b = b.record_key
        left join identity.int_identifier_quality as q on e.identifier_key = q.identifier_key
        left join seeds.identity_rules as r on q.identifier_type = r.identifier_type
        where e.record_key_a in ({RECORDS}) order by e.weight desc, 2, 3""",
    "retired_ids": "select retired_contact_id, merged_at from identity.contact_aliases where contact_id = $1 order by 2, 1",
    "changes": """select change, from_contact_id, to_contact_id, record_count, changed_at from identity.identity_changes
        where $1 in (from_contact_id, to_contact_id) order by changed_at""",
    "values": """select attribute, attribute_value, source, record_id, updated_at from contacts.int_contact_values
        where contact_id = $1 and value_rank = 1 order by attribute""",
    "consents": """select channel, purpose, status, stated_at, record_source, record_id, proof from contacts.contact_consents
        where contact_id = $1 order by 1, 2""",
    "scores": "select score_model, total, fit, engagement, band from scoring.contact_scores where contact_id = $1 order by 1",
    "score_reasons": """select score_model, rule, kind, points, reason_en, reason_zh from scoring.score_contributions
        where contact_id = $1 order by 1, points desc, 2""",
    "lifecycle": "select stage, last_active_at, days_silent, reason from lifecycle.contact_lifecycle where contact_id = $1",
    "segments": "select segment, entered_at from segments.segment_members where contact_id = $1 order by 1",
    "messages": """select campaign, channel, decision, reason, occurrence, decided_at from activation.message_decisions
        where contact_id = $1 order by 1, occurrence""",
    "deliveries": """select r.kind, r.activation, r.destination, r.operation, r.state, r.reason, r.occurred_at
        from ledger.receipts as r where r.subject_id = $1
            or r.subject_id in (select retired_contact_id from identity.contact_aliases where contact_id = $1)
        order by r.receipt_id""",
}


def spellings(key: str) -> list[str]:
    """The forms in which an identifier a person typed may stand in the warehouse."""
    text = key.strip()
    digits = re.sub(r"\D", "", text)
    found = [text, text.lower(), text.lower().replace("mailto:", "")]
    if len(digits) >= 7 and "@" not in text:
        found += [f"+{digits}", f"+86{digits}", f"+86{digits.removeprefix('0')}", f"+{digits.removeprefix('00')}"]
    return list(dict.fromkeys(found))


def find_contacts(warehouse: Path, key: str) -> list[int]:
    """The contacts an identifier, record id (also ``source:record_id``), contact id or retired id belongs to."""
    with open_warehouse(warehouse) as connection:
        try:
            return sorted(int(row[0]) for row in connection.execute(FIND, [spellings(key)]).fetchall())
        except duckdb.CatalogException as error:
            raise ConfigurationError("this home has no contacts yet", "run `sluice run` first, or set SLUICE_HOME") from error


def describe_contact(warehouse: Path, contact_id: int) -> dict[str, Any]:
    """Every part as a list of rows; a part whose tables are not there is left out. Times are UTC."""
    parts: dict[str, Any] = {"contact_id": contact_id}
    with open_warehouse(warehouse) as connection:
        for name, sql in PARTS.items():
            try:
                cursor = connection.execute(sql, [contact_id])
            except duckdb.CatalogException:
                continue
            columns = [column[0] for column in cursor.description or []]
            parts[name] = [dict(zip(columns, map(_plain, row), strict=True)) for row in cursor.fetchall()]
    return parts


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value
