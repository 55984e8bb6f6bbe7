with candidates as (
    select *, dense_rank() over (partition by campaign order by {{ hash_bigint(["'pilot'", 'campaign', 'contact_id']) }}) as pilot_place
    from {{ ref('int_message_candidates') }}
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

last_wechat_replies as (
    -- only what a person wrote opens the vendor's 48 hours; a click, a scan and a follow open one minute
    select contact_id, max(occurred_at) as last_at
    from {{ ref('contact_events') }}
    where event_type = 'wechat_text_reply' and not is_machine
    group by contact_id
),

final as (
    select
        m.message_id,
        p.message_id is not null as is_paused,
        coalesce(m.stage, 'live') = 'test' and i.contact_id is null as is_outside_test,
        coalesce(m.stage, 'live') = 'pilot' and m.pilot_place > m.pilot_size as is_outside_pilot,
        coalesce({{ is_hours_ago('g.entered_at', 'm.expires_after_hours') }}, false) as is_expired,
        m.purpose = 'marketing' and m.channel = 'wechat' and m.wechat_window_hours is not null
        and coalesce({{ is_hours_ago('w.last_at', 'm.wechat_window_hours') }}, true) as is_outside_wechat_window,
        m.purpose = 'marketing' and coalesce(m.send_at, '') = 'active_hours'
        and not coalesce({{ is_recipient_hour_within('h.active_from_hour', 'h.active_until_hour') }}, true) as is_outside_active_hours,
        case
            when m.purpose <> 'marketing' then null
            when m.channel = 'sms' then {{ window_opens_at('sms') }}
            else {{ window_opens_at('every other channel') }}
        end as window_opens_at
    from candidates as m
    left join paused_messages as p on m.message_id = p.message_id
    left join internal_contacts as i on m.contact_id = i.contact_id
    left join {{ ref('segment_members') }} as g on m.segment = g.segment and m.contact_id = g.contact_id
    left join last_wechat_replies as w on m.contact_id = w.contact_id
    left join {{ ref('contact_channels') }} as h on m.contact_id = h.contact_id
)

select * from final
