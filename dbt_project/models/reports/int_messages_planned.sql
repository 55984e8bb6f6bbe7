{% set variants = sluice.campaign_variants() %}

with rank_receipts as (
    select *, row_number() over (partition by delivery_id order by receipt_id desc) as receipt_rank
    from {{ source('receipts', 'receipts') }}
    -- the logical time: a replayed day counts what was sent until that day
    where kind = 'message' and as_of <= {{ sluice.as_of() }}
),

deliveries as (
    select
        delivery_id,
        min(activation) as campaign,
        min(subject_id) as subject_id,
        min(destination) as destination,
        min(as_of) as planned_at,
        max(case when receipt_rank = 1 then state end) as state,
        max(case when receipt_rank = 1 then reason end) as reason,
        max(case when state = 'bounced' then 1 else 0 end) as is_bounced,
        max(case when state = 'complained' then 1 else 0 end) as is_complained
    from rank_receipts
    group by delivery_id
),

variant_days as (
    -- by the id of the time: who was merged had the message of the earlier id
    select
        *,
        lead(assigned_at) over (partition by campaign, contact_id order by assigned_at asc) as next_at
    from {{ ref('variant_assignments') }}
),

destination_channels as (
    select destination, min(channel) as channel from {{ ref('int_campaigns') }} group by destination
),

decided as (
    -- a message whose reason is an earlier try of it stands among the deliveries
    select
        message_id,
        contact_id,
        campaign,
        variant,
        case when reason = 'due' then 'hold' else decision end as decision,
        case when reason = 'due' then 'not_sent' else reason end as reason,
        decided_at
    from {{ ref('message_decisions') }}
    where reason not in ('already_sent', 'outcome_unknown', 'already_sent_to_address', 'failed_before')
    union all
    select
        j.message_id,
        coalesce(a.contact_id, j.contact_id) as contact_id,
        j.campaign,
        null as variant,
        'suppress' as decision,
        j.reason,
        j.decided_at
    from {{ ref('int_journey_decisions') }} as j
    left join {{ ref('message_decisions') }} as d on j.message_id = d.message_id
    left join {{ ref('contact_aliases') }} as a on j.contact_id = a.retired_contact_id
    where d.message_id is null
),

messages as (
    select
        d.delivery_id as message_id,
        coalesce(a.contact_id, d.subject_id) as contact_id,
        d.campaign,
        v.variant,
        d.destination,
        d.planned_at,
        case d.state when 'failed' then 'suppress' when 'retry' then 'hold' else 'send' end as decision,
        case
            when d.reason = 'already_sent_to_address' then d.reason
            when d.state in ('failed', 'retry') then d.state
        end as reason,
        d.is_bounced,
        d.is_complained
    from deliveries as d
    left join {{ ref('contact_aliases') }} as a on d.subject_id = a.retired_contact_id
    left join variant_days as v
        on d.campaign = v.campaign and d.subject_id = v.contact_id and d.planned_at >= v.assigned_at
        and (v.next_at is null or d.planned_at < v.next_at)
    union all
    select
        w.message_id,
        w.contact_id,
        w.campaign,
        w.variant,
        null as destination,
        w.decided_at as planned_at,
        w.decision,
        w.reason,
        0 as is_bounced,
        0 as is_complained
    from decided as w
    left join deliveries as d on w.message_id = d.delivery_id
    where d.delivery_id is null
),

of_other_senders as (
    -- mail of another system, as its events report it
    select
        e.event_key as message_id,
        e.contact_id,
        coalesce(e.subject, e.source) as campaign,
        e.occurred_at as planned_at,
        case when e.event_type = 'sms_sent' then 'sms' else 'email' end as channel,
        max(case when b.event_key is not null then 1 else 0 end) as is_bounced
    from {{ ref('contact_events') }} as e
    left join {{ ref('contact_events') }} as b
        on e.contact_id = b.contact_id and e.subject = b.subject and b.event_type in ('email_bounced', 'sms_failed')
        and e.occurred_at <= b.occurred_at
    where e.event_type in ('email_sent', 'sms_sent') and e.delivery_id is null
    group by e.event_key, e.contact_id, e.subject, e.source, e.occurred_at, e.event_type
),

final as (
    select
        m.message_id,
        m.contact_id,
        m.campaign,
        m.variant,
        {{ 'coalesce(v.template, c.template)' if variants else 'c.template' }} as template,
        coalesce(c.channel, d.channel, 'email') as channel,
        coalesce(c.purpose, 'marketing') as purpose,
        m.planned_at,
        m.decision,
        m.decision = 'send' as is_sent,
        m.reason,
        m.is_bounced,
        m.is_complained
    from messages as m
    left join {{ ref('int_campaigns') }} as c on m.campaign = c.campaign
    left join destination_channels as d on m.destination = d.destination
    {% if variants %}
    left join ({{ sluice.variant_rows(variants) }}) as v on m.campaign = v.campaign and m.variant = v.variant
    {% endif %}
    union all
    select
        o.message_id,
        o.contact_id,
        o.campaign,
        null as variant,
        null as template,
        o.channel,
        'marketing' as purpose,
        o.planned_at,
        'send' as decision,
        true as is_sent,
        null as reason,
        o.is_bounced,
        0 as is_complained
    from of_other_senders as o
    left join (select distinct campaign from deliveries) as d on o.campaign = d.campaign
    where d.campaign is null
)

select * from final
