with events as (
    select * from {{ ref('contact_events') }} where not is_machine
),

channels as (
    {{ sluice.classified('events', 'utm_source', 'utm_source') }}
),

mediums as (
    {{ sluice.classified('events', 'utm_medium', 'utm_medium') }}
),

final as (
    select
        e.event_key,
        e.contact_id,
        e.occurred_at as touched_at,
        case
            when e.qr_code is not null then 'qr_code'
            when e.event_type = 'email_clicked' then 'email'
            when e.event_type = 'sms_clicked' then 'sms'
            -- an address that nobody has classified is not a referral: `sluice lint` counts them
            else coalesce(k.class, m.class, 'unknown')
        end as channel,
        coalesce(e.qr_code, e.utm_source, e.source) as touch_source,
        coalesce(e.utm_campaign, case when e.event_type in ('email_clicked', 'sms_clicked') then e.subject end) as campaign,
        e.qr_code
    from events as e
    left join channels as k on e.utm_source = k.utm_source
    left join mediums as m on e.utm_medium = m.utm_medium
    where e.utm_source is not null or e.qr_code is not null or e.event_type in ('email_clicked', 'sms_clicked')
)

select * from final
