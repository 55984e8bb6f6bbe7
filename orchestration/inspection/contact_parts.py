"""What is shown of a contact: a query a part, with the contact's id as $1.

A part is a line here and a title in cli/contact.py.
"""

from __future__ import annotations

from collections.abc import Mapping

RECORDS = "select record_key from identity.identity_map where contact_id = $1"
PARTS: Mapping[str, str] = {
    "records": (
        f"""select source, record_id, full_name, phone, email, unionid, company, city, is_deleted,
            created_at, updated_at
        from identity.int_contact_records where record_key in ({RECORDS}) order by created_at,
            source, record_id"""
    ),
    "identifiers": (
        """select identifier_type, identifier_value, quality, quality_reason, record_count,
            first_seen_at, last_seen_at
        from contacts.contact_identifiers where contact_id = $1 order by 1, 2"""
    ),
    "edges": (
        f"""select e.rule, a.source || ':' || a.record_id as record_a,
            b.source || ':' || b.record_id as record_b,
            q.identifier_value, e.weight, coalesce(e.explanation, r.reason_en) as why, r.reason_zh
        from identity.identity_edges as e
        inner join identity.identity_map as a on e.record_key_a = a.record_key
        inner join identity.identity_map as b on e.record_key_b = b.record_key
        left join identity.int_identifier_quality as q on e.identifier_key = q.identifier_key
        left join seeds.identity_rules as r on q.identifier_type = r.identifier_type
        where e.record_key_a in ({RECORDS}) order by e.weight desc, 2, 3"""
    ),
    "retired_ids": (
        "select retired_contact_id, merged_at from identity.contact_aliases where contact_id = $1"
        " order by 2, 1"
    ),
    "changes": (
        """select change, from_contact_id, to_contact_id, record_count, changed_at
            from identity.identity_changes
        where $1 in (from_contact_id, to_contact_id) order by changed_at"""
    ),
    "values": (
        """select attribute, attribute_value, source, record_id, updated_at
            from contacts.int_contact_values
        where contact_id = $1 and value_rank = 1 order by attribute"""
    ),
    "attributes": (
        """select attribute, attribute_value, source, record_id, updated_at
            from contacts.contact_attributes
        where contact_id = $1 order by attribute"""
    ),
    "consents": (
        """select channel, purpose, status, stated_at, record_source, record_id, proof,
            text_version
            from contacts.contact_consents
        where contact_id = $1 order by 1, 2"""
    ),
    "matches": (
        """select case when contact_id_a = $1 then contact_id_b else contact_id_a end as match_id,
            why, evidence, probability, status, decided_by, decided_at
        from contacts.probable_matches where $1 in (contact_id_a, contact_id_b) order by 1"""
    ),
    "preferences": (
        """select preference, value, stated_at, proof,
            (select count(*) from activation.message_decisions as m
                where m.contact_id = p.contact_id
                    and ((m.reason = 'topic_refused' and p.value = 'refused')
                        or (m.reason = 'person_paused' and p.preference = 'pause_until')
                        or (m.reason = 'less_often' and p.preference = 'frequency'))
            ) as messages_held
        from contacts.contact_preferences as p where contact_id = $1 order by 1"""
    ),
    "preference_changes": (
        """select preference, value, stated_at, delivery_id, language, proof from inbox.preferences
        where contact_id = $1 or contact_id in (select retired_contact_id
            from identity.contact_aliases where contact_id = $1)
        order by stated_at desc, event_id desc, preference"""
    ),
    "chats": (
        """select * from (
            select said_at, channel, spoken_by, campaign, template, staff_name, message_kind,
                message_text, delivery_state from contacts.contact_chats
            where contact_id = $1 order by said_at desc, event_key desc limit 200
        ) as latest order by said_at"""
    ),
    "scores": (
        """select score_model, product_line, total, band, change_since_yesterday, base, fit,
            engagement, negative, manual
        from scoring.contact_scores where contact_id = $1 order by 1"""
    ),
    "score_reasons": (
        """select score_model, rule, kind, points, occurrences, last_at, reason_en, reason_zh
        from scoring.score_contributions where contact_id = $1 order by 1, points desc, 2"""
    ),
    "score_changes": (
        """select score_model, previous_total, total, points, previous_band, band, changed_at
        from scoring.score_changes where contact_id = $1 order by changed_at desc, 1 limit 50"""
    ),
    "value": (
        """select repeat_count, order_probability, expected_orders, expected_amount, reason_en,
            reason_zh
        from scoring.contact_expected_purchases where contact_id = $1"""
    ),
    "lifecycle": (
        """select lifecycle, stage, label_zh, entered_at, days_in_stage, previous_stage, reason_en,
            reason_zh
        from lifecycle.contact_lifecycle where contact_id = $1 order by 1"""
    ),
    "transitions": (
        """select lifecycle, from_stage, to_stage, days_in_stage, reason_en, reason_zh,
            transitioned_at
        from lifecycle.lifecycle_transitions where contact_id = $1 order by transitioned_at desc, 1
            limit 50"""
    ),
    "tags": (
        "select tag, origin, reason_en, reason_zh from tags.contact_tags where contact_id = $1"
        " order by 1"
    ),
    "attribution": (
        """select first_touch_at, first_channel, first_source, first_campaign, last_touch_at,
            last_channel,
        last_source, last_campaign from contacts.contact_attribution where contact_id = $1"""
    ),
    "channels": (
        """select preferred_channel, active_from_hour, active_until_hour, is_active_hour_known
        from contacts.contact_channels where contact_id = $1"""
    ),
    "segments": (
        """select segment, entered_at, is_held_out, outranked_by from segments.segment_members
        where contact_id = $1 order by 1"""
    ),
    "segment_changes": (
        """select segment, change, changed_at from segments.segment_changes
        where contact_id = $1 order by changed_at desc, 1 limit 50"""
    ),
    "journeys": (
        """select e.journey, e.version, p.node, p.arrived_at, p.due_at, e.entered_at, e.ended_at,
            e.end_reason
        from journeys.journey_enrolments as e
        left join journeys.journey_positions as p on e.enrolment_id = p.enrolment_id
        where e.contact_id = $1 order by e.entered_at, e.journey"""
    ),
    "coupons": (
        """select pool, code, journey, given_at from journeys.journey_coupons
        where contact_id = $1 order by given_at, pool, code"""
    ),
    "owner": (
        """select owner_id, team, assigned_at from journeys.contact_owners
        where contact_id = $1"""
    ),
    "messages": (
        """select campaign, channel, decision, reason, occurrence, decided_at
            from activation.message_decisions
        where contact_id = $1 order by 1, occurrence"""
    ),
    "deliveries": (
        """select r.kind, r.activation, r.destination, r.operation, r.state, r.reason, r.occurred_at
        from ledger.receipts as r where r.subject_id = $1
            or r.subject_id in (select retired_contact_id from identity.contact_aliases
                where contact_id = $1)
        order by r.receipt_id"""
    ),
}
