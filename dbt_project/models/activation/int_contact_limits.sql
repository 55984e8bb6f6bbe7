with count_matches as (
    select node_id as contact_id, component_id as group_id, count(*) over (partition by component_id) as contact_count
    from {{ ref('int_match_groups') }}
),

match_groups as (
    -- matches of matches of matches: what is longer than this is no person
    select contact_id, group_id
    from count_matches
    where contact_count <= {{ var('probable_match_max_contacts') }}
        {% if var('probable_match_policy')['caps'] != 'share' %}and 1 = 0{% endif %}
),

candidates as (
    select distinct contact_id from {{ ref('int_message_candidates') }} where purpose = 'marketing'
),

people as (
    -- who may be one person has one cap: the limits of all of them are those of each
    select c.contact_id, g.group_id, coalesce(m.contact_id, c.contact_id) as match_id
    from candidates as c
    left join match_groups as g on c.contact_id = g.contact_id
    left join match_groups as m on g.group_id = m.group_id
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
    select distinct contact_id, 'frequency_24h' as reason, '*' as channel, {{ var('max_messages_24h') }} as max_messages, 1 as days
    from people
    union
    select p.contact_id, s.reason, s.channel, s.max_messages, s.days
    from people as p
    inner join {{ ref('contact_lifecycle') }} as l on p.match_id = l.contact_id
    inner join stage_limits as s on l.lifecycle = s.lifecycle and l.stage = s.stage
    union
    select p.contact_id, 'less_often' as reason, '*' as channel, 1 as max_messages, {{ var('less_often_days') }} as days
    from people as p
    inner join {{ ref('contact_preferences') }} as f on p.match_id = f.contact_id
    where f.preference = 'frequency' and f.value = 'less'
),

past as (
    select p.contact_id, h.delivery_id, h.channel, h.sent_at, h.contact_id <> p.contact_id as is_of_match
    from people as p
    inner join {{ ref('int_message_history') }} as h on p.match_id = h.contact_id
    where h.purpose = 'marketing'
),

final as (
    -- a day is 24 hours here: what was sent at this very hour a day ago no longer counts
    select
        l.contact_id,
        l.reason,
        l.channel,
        l.days,
        l.max_messages,
        count(case when not h.is_of_match then h.delivery_id end) as past_messages,
        g.group_id,
        count(case when h.is_of_match then h.delivery_id end) as match_messages
    from limits as l
    left join match_groups as g on l.contact_id = g.contact_id
    left join past as h
        on l.contact_id = h.contact_id
            and l.channel in (h.channel, '*')
            and not {{ sluice.is_hours_ago('h.sent_at', 'l.days * 24') }}
    group by l.contact_id, l.reason, l.channel, l.days, l.max_messages, g.group_id
)

select * from final
