{#
    How many orders each customer will place in the `weeks` after `as_of`: a query with one row per customer of `orders` (customer_id,
    order_date), of which only days up to as_of are read. Several orders on a day are one.

    BG/NBD (Fader, Hardie, Lee, "Counting your customers the easy way", Marketing Science 24, 2005) fitted to these orders themselves,
    then corrected by a back-test: the same fit to what was known at an earlier day, held against what came after.
#}
{% macro expected_purchases(orders, as_of, weeks) %}
with {{ purchase_histories(orders, as_of, weeks) }},

{{ purchase_evidence() }},

{{ fit_purchases() }},

{{ forecast_purchases() }},

{{ back_test_purchases() }}

select
    f.customer_id,
    f.repeats as repeat_count,
    f.recency as recency_weeks,
    f.age as age_weeks,
    f.p_alive,
    f.p_alive * (1 - exp((f.r + f.repeats) * ln((f.alpha + f.age) / (f.alpha + f.age + f.weeks)))) as order_probability,
    f.expected_orders * c.correction as expected_orders
from forecasts as f
cross join corrections as c
where f.era = 'now'
{% endmacro %}

{#
    CTEs: customers as they stand now, and as they stood at the back-test. That is as long ago as the forecast looks ahead, at most half of
    the history. Time is in weeks from the first order; repeats do not count that one.
#}
{% macro purchase_histories(orders, as_of, weeks) %}
order_days as (
    select customer_id, {{ days_between('order_date', as_of) }} as days_ago
    from {{ orders }}
    where cast(order_date as date) <= cast({{ as_of }} as date)
    group by customer_id, {{ days_between('order_date', as_of) }}
),

eras as (
    select 'now' as era, 0 as days_before, cast({{ weeks }} as {{ type_double() }}) as weeks
    union all
    select 'then', days_before, cast(days_before as {{ type_double() }}) / 7
    from (select cast(floor(least(7 * {{ weeks }}, max(days_ago) / 2.0)) as integer) as days_before from order_days) as back_test
),

era_days as (
    select
        e.era,
        e.days_before,
        e.weeks,
        d.customer_id,
        d.days_ago - e.days_before as days_ago,
        row_number() over (partition by e.era, d.customer_id order by d.days_ago desc) - 1 as purchase_number
    from eras as e
    inner join order_days as d on d.days_ago >= e.days_before
),

histories as (
    select
        era,
        weeks,
        customer_id,
        cast(count(*) - 1 as {{ type_double() }}) as repeats,
        cast(max(days_ago) - min(days_ago) as {{ type_double() }}) / 7 as recency,
        cast(max(days_ago) as {{ type_double() }}) / 7 as age
    from era_days
    group by era, weeks, customer_id
)
{% endmacro %}

{#
    CTEs: what the back-test ordered afterwards, and from it the factor on all forecasts. A forecast is believed to be off by a tenth, one
    standard deviation; the credibility (Bühlmann, "Experience rating and credibility", 1967) of the factor seen is that prior's variance
    over itself plus the noise of the orders that came, and of the repeats that the forecast itself was made from.
#}
{% macro back_test_purchases() %}
later_orders as (
    select d.customer_id, count(*) as later_orders
    from order_days as d
    inner join eras as e on e.era = 'then' and d.days_ago < e.days_before
    group by d.customer_id
),

back_tests as (
    select
        sum(f.expected_orders) as expected,
        sum(coalesce(o.later_orders, 0)) as observed,
        sum((f.expected_orders - coalesce(o.later_orders, 0)) * (f.expected_orders - coalesce(o.later_orders, 0))) as noise,
        sum(f.repeats) as repeats
    from forecasts as f
    left join later_orders as o on f.customer_id = o.customer_id
    where f.era = 'then'
),

corrections as (
    select
        1 + expected * (observed - expected)
        / (expected * expected + 100 * noise * (1 + expected / (repeats + 1)) + 1) as correction
    from back_tests
)
{% endmacro %}
