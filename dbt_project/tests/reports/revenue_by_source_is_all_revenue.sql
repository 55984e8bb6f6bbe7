with credited as (
    select
        coalesce(currency, '') as currency,
        sum(first_revenue) as first_revenue,
        sum(last_revenue) as last_revenue,
        sum(linear_revenue) as linear_revenue,
        sum(time_decay_revenue) as time_decay_revenue
    from {{ ref('rpt_sources') }}
    group by coalesce(currency, '')
),

conversions as (
    select coalesce(currency, '') as currency, sum(amount) as revenue
    from {{ ref('contact_events') }}
    where not is_machine and event_type in ({{ sluice.text_literals(var('conversion_events')) }}) and abs(amount) < 1e12
    group by coalesce(currency, '')
)

select c.currency
from conversions as c
left join credited as d on c.currency = d.currency
where
    d.currency is null
    or greatest(
        abs(d.first_revenue - c.revenue), abs(d.last_revenue - c.revenue),
        abs(d.linear_revenue - c.revenue), abs(d.time_decay_revenue - c.revenue)
    ) > 1e-6 * greatest(c.revenue, 1)
