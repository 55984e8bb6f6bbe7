with candidates as (
    select m.*, coalesce(r.country, '*') as country
    from {{ ref('int_message_candidates') }} as m
    left join {{ ref('int_recipient_countries') }} as r on m.contact_id = r.contact_id
),

find_hours as (
    -- known hours were counted on the marketer's clock; of who is not known, the evening is that of their country
    select
        m.*,
        h.opens_at,
        h.sms_opens_at,
        h.eastern_hour,
        a.active_from_hour,
        a.active_until_hour,
        case
            when a.is_active_hour_known then {{ sluice.hour_of(sluice.from_utc(sluice.as_of(), var('time_zone'))) }} else h.eastern_hour
        end as hour_now
    from candidates as m
    inner join {{ ref('int_country_hours') }} as h on m.country = h.country
    left join {{ ref('contact_channels') }} as a on m.contact_id = a.contact_id
),

final as (
    select
        message_id,
        case when purpose = 'marketing' then case when channel = 'sms' then sms_opens_at else opens_at end end as window_opens_at,
        purpose = 'marketing' and coalesce(send_at, '') = 'active_hours'
        and not coalesce({{ sluice.is_hour_between('hour_now', 'active_from_hour', 'active_until_hour') }}, true) as is_outside_active_hours,
        coalesce(sendable_from > {{ sluice.as_of() }}, false)
        or not coalesce({{ sluice.is_hour_between('eastern_hour', 'send_from_hour', 'send_until_hour') }}, true) as is_outside_variant_time
    from find_hours
)

select * from final
