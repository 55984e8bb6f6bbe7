with candidates as (
    select * from {{ ref('int_message_candidates') }}
),

paused_messages as (
    select distinct m.message_id
    from candidates as m
    inner join {{ source('ledger', 'pauses') }} as p
        on p.scope = 'all' or (p.scope = 'destination' and m.destination = p.name) or (p.scope = 'campaign' and m.campaign = p.name)
),

internal_contacts as (
    select contact_id from {{ ref('contact_tags') }} where tag = 'internal'
),

pilot_contacts as (
    -- who had a message of the campaign already, tests to our own addresses apart
    select distinct h.campaign, h.contact_id
    from {{ ref('int_message_history') }} as h
    left join internal_contacts as i on h.contact_id = i.contact_id
    where i.contact_id is null
),

count_pilots as (
    select campaign, count(*) as contacts from pilot_contacts group by campaign
),

refused_topics as (
    select contact_id, preference as topic_preference from {{ ref('contact_preferences') }} where preference like 'topic:%' and value = 'refused'
),

person_pauses as (
    select contact_id, cast(value as timestamp) as paused_until
    from {{ ref('contact_preferences') }}
    where preference = 'pause_until'
),

last_wechat_replies as (
    -- only what a person wrote opens the vendor's 48 hours; a click, a scan and a follow open one minute
    select contact_id, max(occurred_at) as last_at
    from {{ ref('contact_events') }}
    where event_type in ('wechat_text_reply', 'wechat_media_reply') and not is_machine
    group by contact_id
),

final as (
    select
        m.message_id,
        p.message_id is not null as is_paused,
        -- a stage that is none is a test: a slip of the pen must not send
        coalesce(m.stage, 'live') not in ('pilot', 'ramp', 'live') and i.contact_id is null as is_outside_test,
        case when m.stage = 'pilot' and t.contact_id is null then m.pilot_size - coalesce(n.contacts, 0) end as pilot_places,
        coalesce(r.is_halted, false) as is_ramp_halted,
        coalesce(not {{ sluice.is_sampled('ramp', 'm.campaign', 'm.contact_id', 'r.share') }}, false) as is_outside_ramp,
        coalesce({{ sluice.is_hours_ago('coalesce(m.arrived_at, g.entered_at)', 'm.expires_after_hours') }}, false) as is_expired,
        m.purpose = 'marketing' and m.channel = 'wechat' and m.wechat_window_hours is not null
        and coalesce({{ sluice.is_hours_ago('w.last_at', 'm.wechat_window_hours') }}, true) as is_outside_wechat_window,
        coalesce(h.is_outside_active_hours, false) as is_outside_active_hours,
        coalesce(h.is_outside_variant_time, false) as is_outside_variant_time,
        h.window_opens_at,
        v.max_messages,
        m.purpose = 'marketing' and q.contact_id is not null as is_topic_refused,
        case when m.purpose = 'marketing' and e.paused_until > {{ sluice.as_of() }} then e.paused_until end as person_paused_until
    from candidates as m
    left join paused_messages as p on m.message_id = p.message_id
    left join internal_contacts as i on m.contact_id = i.contact_id
    left join {{ ref('int_audience_members') }} as g on m.segment = g.segment and m.contact_id = g.contact_id
    left join pilot_contacts as t on m.campaign = t.campaign and m.contact_id = t.contact_id
    left join count_pilots as n on m.campaign = n.campaign
    left join {{ ref('int_campaign_ramps') }} as r on m.campaign = r.campaign
    left join {{ ref('int_campaign_approvals') }} as v on m.campaign = v.campaign
    left join last_wechat_replies as w on m.contact_id = w.contact_id
    left join refused_topics as q on m.contact_id = q.contact_id and 'topic:' || m.topic = q.topic_preference
    left join person_pauses as e on m.contact_id = e.contact_id
    left join {{ ref('int_message_hours') }} as h on m.message_id = h.message_id
)

select * from final
