with people as (
    select distinct contact_id from {{ ref('int_message_candidates') }} where purpose = 'marketing'
),

message_limits as (
    {{ sluice.seed_rows('message_limits') }}
),

stage_limits as (
    select
        'frequency_week' as reason,
        'b2b' as lifecycle,
        'prospect' as stage,
        'email' as channel,
        {{ var('max_prospect_emails_week') }} as max_messages,
        7 as days
    union all
    select 'stage_limit' as reason, lifecycle, stage, channel, max_messages, days from message_limits
),

limits as (
    select contact_id, 'frequency_24h' as reason, '*' as channel, {{ var('max_messages_24h') }} as max_messages, 1 as days
    from people
    union all
    select p.contact_id, s.reason, s.channel, s.max_messages, s.days
    from people as p
    inner join {{ ref('contact_lifecycle') }} as l on p.contact_id = l.contact_id
    inner join stage_limits as s on l.lifecycle = s.lifecycle and l.stage = s.stage
    union all
    select p.contact_id, 'less_often' as reason, '*' as channel, 1 as max_messages, {{ var('less_often_days') }} as days
    from people as p
    inner join {{ ref('contact_preferences') }} as f on p.contact_id = f.contact_id
    where f.preference = 'frequency' and f.value = 'less'
),

final as (
    -- a day is 24 hours here: what was sent at this very hour a day ago no longer counts
    select l.contact_id, l.reason, l.channel, l.days, l.max_messages, count(h.delivery_id) as past_messages
    from limits as l
    left join {{ ref('int_message_history') }} as h
        on l.contact_id = h.contact_id
            and l.channel in (h.channel, '*')
            and h.purpose = 'marketing'
            and not {{ sluice.is_hours_ago('h.sent_at', 'l.days * 24') }}
    group by l.contact_id, l.reason, l.channel, l.days, l.max_messages
)

select * from final
