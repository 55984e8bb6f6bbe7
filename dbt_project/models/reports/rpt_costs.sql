{% set kinds = ['tool', 'content', 'people', 'channel'] %}
{% set double = sluice.type_double() | trim %}

with written as (
    {{ sluice.seed_rows('marketing_costs') }}
),

costs as (
    select
        cast(date_trunc('month', month) as date) as month,
        upper(currency) as currency,
        {% for kind in kinds %}
        sum(case when kind = '{{ kind }}' then amount else 0 end) as {{ kind }}_cost,
        {% endfor %}
        sum(amount) as total_cost
    from written
    group by cast(date_trunc('month', month) as date), upper(currency)
),

messages as (
    select
        month,
        currency,
        sum(message_cost) as message_cost,
        -- of whatever currency: with one cost that is not known, no sum of the month is
        max(max(case when message_cost is null then 1 else 0 end)) over (partition by month) as is_without_price
    from {{ ref('rpt_message_costs') }}
    group by month, currency
),

without_price as (
    select distinct month from messages where is_without_price = 1
),

people as (
    select
        cast(date_trunc('month', metric_date) as date) as month,
        sum(case when metric = 'leads' then numerator else 0 end) as lead_count,
        sum(case when metric = 'mqls' then numerator else 0 end) as mql_count,
        sum(case when metric = 'customers' then numerator else 0 end) as customer_count
    from {{ ref('rpt_metrics') }}
    where metric in ('leads', 'mqls', 'customers')
    group by cast(date_trunc('month', metric_date) as date)
),

gains as (
    -- what touches led to, shared alike; direct visits and orders without a touch are not marketing's
    select
        cast(date_trunc('month', {{ sluice.from_utc('converted_at', var('time_zone')) }}) as date) as month,
        currency,
        sum(case when channel in ('none', 'direct') then 0 else linear_credit * amount end) as gain
    from {{ ref('rpt_attribution') }}
    group by cast(date_trunc('month', {{ sluice.from_utc('converted_at', var('time_zone')) }}) as date), currency
),

months as (
    select month, currency from costs
    union
    -- messages alone are not what marketing cost
    select m.month, m.currency
    from messages as m
    inner join (select distinct month from costs) as c on m.month = c.month
    where m.currency is not null
    union
    select p.month, cast(null as {{ dbt.type_string() }}) as currency
    from people as p
    left join costs as c on p.month = c.month
    where c.month is null and p.month > cast({{ sluice.days_before(366) }} as date)
),

sum_costs as (
    select
        m.month,
        m.currency,
        m.currency is not null as has_costs,
        w.month is not null as is_without_price,
        {% for kind in kinds %}
        case when m.currency is not null then coalesce(c.{{ kind }}_cost, 0) end as {{ kind }}_cost,
        {% endfor %}
        case when m.currency is not null and w.month is null then coalesce(s.message_cost, 0) end as message_cost,
        case when m.currency is not null and w.month is null then coalesce(c.total_cost, 0) + coalesce(s.message_cost, 0) end as total_cost
    from months as m
    left join costs as c on m.month = c.month and m.currency = c.currency
    left join messages as s on m.month = s.month and m.currency = s.currency
    left join without_price as w on m.month = w.month
),

final as (
    select
        m.month,
        m.currency,
        {% for kind in kinds %}
        m.{{ kind }}_cost,
        {% endfor %}
        m.message_cost,
        m.total_cost,
        cast(coalesce(p.lead_count, 0) as bigint) as lead_count,
        -- where nobody ever was one, they are not counted: no zero for them
        case when sum(p.mql_count) over () > 0 then cast(coalesce(p.mql_count, 0) as bigint) end as mql_count,
        case when sum(p.customer_count) over () > 0 then cast(coalesce(p.customer_count, 0) as bigint) end as customer_count,
        cast(g.gain as {{ double }}) as gain,
        m.total_cost / nullif(p.lead_count, 0) as cost_per_lead,
        m.total_cost / nullif(p.mql_count, 0) as cost_per_mql,
        m.total_cost / nullif(p.customer_count, 0) as cost_per_customer,
        cast((g.gain - m.total_cost) / nullif(m.total_cost, 0) as {{ double }}) as roi,
        case
            when not m.has_costs then 'no_costs'
            when m.is_without_price then 'messages_without_price'
            when m.total_cost = 0 then 'costs_are_zero'
            when g.gain is null then 'no_revenue_in_this_currency'
        end as reason
    from sum_costs as m
    left join people as p on m.month = p.month
    left join gains as g on m.month = g.month and m.currency = g.currency
)

select * from final
