with statements as (
    select
        c.channel,
        c.contact_id,
        c.status,
        cast(date_trunc('month', {{ sluice.from_utc('c.stated_at', var('time_zone')) }}) as date) as month
    from {{ ref('contact_consents') }} as c
    inner join {{ ref('dim_contacts') }} as d on c.contact_id = d.contact_id
    where c.purpose = 'marketing' and c.stated_at is not null and not d.is_deleted
),

count_months as (
    select
        channel,
        month,
        sum(case when status = 'granted' then 1 else 0 end) as granted_count,
        sum(case when status in ('withdrawn', 'denied') then 1 else 0 end) as refused_count
    from statements
    group by channel, month
),

final as (
    select
        channel,
        month,
        cast(granted_count as bigint) as granted_count,
        cast(refused_count as bigint) as refused_count,
        cast(sum(granted_count) over (partition by channel order by month asc) as bigint) as granted_total
    from count_months
)

select * from final
