{% set most = 5 %}

with messages as (
    select contact_id, channel, planned_at as sent_at from {{ ref('int_messages_planned') }} where is_sent and purpose = 'marketing'
    union all
    select contact_id, 'all' as channel, planned_at as sent_at from {{ ref('int_messages_planned') }} where is_sent and purpose = 'marketing'
),

windows as (
    select 7 as days, {{ sluice.days_before(7) }} as since
    union all
    select 30 as days, {{ sluice.days_before(30) }} as since
),

channels as (
    select distinct channel from messages
),

contacts as (
    select count(*) as contact_count from {{ ref('dim_contacts') }} where not is_deleted
),

count_by_contact as (
    select w.days, m.channel, m.contact_id, count(*) as message_count
    from windows as w
    inner join messages as m on w.since < m.sent_at
    inner join {{ ref('dim_contacts') }} as d on m.contact_id = d.contact_id and not d.is_deleted
    group by w.days, m.channel, m.contact_id
),

count_contacts as (
    select days, channel, least(message_count, {{ most }}) as message_count, count(*) as contact_count
    from count_by_contact
    group by days, channel, least(message_count, {{ most }})
),

spread as (
    select days, channel, message_count, contact_count from count_contacts
    union all
    -- whoever got none
    select w.days, c.channel, 0 as message_count, k.contact_count - coalesce(sum(n.contact_count), 0) as contact_count
    from windows as w
    cross join channels as c
    cross join contacts as k
    left join count_contacts as n on w.days = n.days and c.channel = n.channel
    group by w.days, c.channel, k.contact_count
),

final as (
    select
        channel,
        days,
        cast(message_count as integer) as message_count,
        case when message_count = {{ most }} then '{{ most }}+' else cast(message_count as {{ dbt.type_string() }}) end as label,
        cast(contact_count as bigint) as contact_count,
        cast(contact_count as {{ sluice.type_double() }})
        / nullif(cast(sum(contact_count) over (partition by channel, days) as {{ sluice.type_double() }}), 0) as share
    from spread
)

select * from final
