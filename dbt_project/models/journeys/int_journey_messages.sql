{% set sent = "'accepted', 'delivered', 'bounced', 'complained'" %}
{% set decisions = sluice.existing_relation('int_journey_decisions') %}

with standing as (
    select
        s.enrolment_id,
        s.contact_id,
        s.node,
        {{ sluice.journey_campaign('s.journey', 's.version', 's.node') }} as campaign
    from {{ ref('int_journey_standing') }} as s
    where {{ sluice.may_stand_at_a_message('s.') }}
),

receipts as (
    -- of runs before this one: a replayed day sees what it saw. One that may have gone out counts as sent, until a person has found that it did not
    select activation, delivery_id, subject_id, min(case when state in ({{ sent }}, 'unknown') then as_of end) as sent_at
    from {{ source('ledger', 'receipts') }}
    where kind = 'message' and as_of < {{ sluice.as_of() }}
    group by activation, delivery_id, subject_id
    having count(case when state in ({{ sent }}) then 1 end) > 0
        or max(case when state = 'unknown' then receipt_id end) > coalesce(max(case when state = 'failed' then receipt_id end), -1)
),

sent_messages as (
    select s.enrolment_id, min(r.sent_at) as sent_at
    from standing as s
    inner join receipts as r on s.campaign = r.activation
    left join {{ ref('contact_aliases') }} as a on r.subject_id = a.retired_contact_id
    where
        s.contact_id = coalesce(a.contact_id, r.subject_id)
        and r.delivery_id = {{ sluice.hash_bigint(["'message'", 's.campaign', 'r.subject_id', 's.enrolment_id']) }}
    group by s.enrolment_id
),

suppressed_messages as (
    {% if decisions %}
    select s.enrolment_id, min(d.decided_at) as suppressed_at, min(d.reason) as suppression_reason
    from standing as s
    inner join {{ decisions }} as d on s.campaign = d.campaign and s.enrolment_id = d.enrolment_id
    where d.decided_at < {{ sluice.as_of() }}{{ sluice.of_a_run('d.decided_at') }}
    group by s.enrolment_id
    {% else %}
    select enrolment_id, {{ sluice.as_of() }} as suppressed_at, campaign as suppression_reason from standing where 1 = 0
    {% endif %}
),

final as (
    select s.enrolment_id, s.node, m.sent_at, x.suppressed_at, x.suppression_reason
    from standing as s
    left join sent_messages as m on s.enrolment_id = m.enrolment_id
    left join suppressed_messages as x on s.enrolment_id = x.enrolment_id
    where m.enrolment_id is not null or x.enrolment_id is not null
)

select * from final
