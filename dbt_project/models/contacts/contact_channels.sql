with events as (
    select
        contact_id,
        event_key,
        occurred_at,
        case
            when event_type in ('email_opened', 'email_clicked') then 'email'
            when event_type in ('sms_clicked', 'sms_replied') then 'sms'
            when event_type like 'wechat%' and event_type <> 'wechat_unfollowed' then 'wechat'
        end as channel,
        case when event_type in ('email_opened', 'wechat_message_read') then 1 else 2 end as weight,
        {{ sluice.hour_of(sluice.from_utc('occurred_at', var('time_zone'))) }} as hour_of_day
    from {{ sluice.of_touched(ref('contact_events')) }}
    where not is_machine and {{ sluice.is_own_action('event_type') }} and occurred_at > {{ sluice.days_before(180) }}
),

weigh_channels as (
    select contact_id, channel, cast(sum(weight) as bigint) as weight, max(occurred_at) as last_at
    from events
    where channel is not null
    group by contact_id, channel
),

rank_channels as (
    select *, row_number() over (partition by contact_id order by weight desc, last_at desc, channel asc) as channel_rank
    from weigh_channels
),

count_hours as (
    select contact_id, hour_of_day, count(*) as event_count from events group by contact_id, hour_of_day
),

add_next_hour as (
    -- windows of two hours; the busiest wins, the later one of two equal
    select
        h.contact_id,
        h.hour_of_day,
        h.event_count + coalesce(n.event_count, 0) as event_count
    from count_hours as h
    left join count_hours as n on h.contact_id = n.contact_id and n.hour_of_day = (h.hour_of_day + 1) % 24
),

rank_hours as (
    select
        *,
        sum(event_count) over (partition by contact_id) as total_count,
        row_number() over (partition by contact_id order by event_count desc, hour_of_day desc) as hour_rank
    from add_next_hour
),

final as (
    select
        c.contact_id,
        p.channel as preferred_channel,
        coalesce(p.weight, 0) as preferred_channel_weight,
        case when h.event_count >= 3 then h.hour_of_day else {{ var('default_active_hour') }} end as active_from_hour,
        (case when h.event_count >= 3 then h.hour_of_day else {{ var('default_active_hour') }} end + 2) % 24 as active_until_hour,
        coalesce(h.event_count, 0) as active_hour_events,
        coalesce(h.event_count >= 3, false) as is_active_hour_known
    from {{ sluice.of_touched(ref('dim_contacts')) }} as c
    left join rank_channels as p on c.contact_id = p.contact_id and p.channel_rank = 1
    left join rank_hours as h on c.contact_id = h.contact_id and h.hour_rank = 1
)

select * from final
