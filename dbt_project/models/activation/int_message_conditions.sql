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

last_wechat_events as (
    select contact_id, max(occurred_at) as last_at
    from {{ ref('contact_events') }}
    where event_type like 'wechat%' and event_type <> 'wechat_unfollowed' and not is_machine and {{ is_own_action('event_type') }}
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
        coalesce(h.is_outside_active_hours, false) as is_outside_active_hours,
        h.window_opens_at
    from candidates as m
    left join paused_messages as p on m.message_id = p.message_id
    left join internal_contacts as i on m.contact_id = i.contact_id
    left join {{ ref('segment_members') }} as g on m.segment = g.segment and m.contact_id = g.contact_id
    left join last_wechat_events as w on m.contact_id = w.contact_id
    left join {{ ref('int_message_hours') }} as h on m.message_id = h.message_id
)

select * from final
