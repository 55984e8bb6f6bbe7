{#
    How many orders each customer will place in the next weeks. Three queries, each a table of its own, since all warehouses can plan them:
    purchase_days() of any orders, purchase_parameters() of those days, and expected_purchases() of both.

    BG/NBD (Fader, Hardie, Lee, "Counting your customers the easy way", Marketing Science 24, 2005) fitted to these orders themselves,
    then corrected by a back-test: the same fit to what was known at an earlier day, held against what came after.
#}
{% macro expected_purchases(days, parameters) %}
with {{ sluice.purchase_histories(days) }},

{{ sluice.forecast_purchases(parameters) }},

{{ sluice.back_test_purchases(days) }}

select
    f.contact_id,
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
    The days with an order of each customer, from any relation (contact_id, order_date, amount) with any number of rows a day, in two eras:
    as known at as_of, and as known at the back-test. That is as long ago as the forecast looks ahead, at most half of the history.
#}
{% macro purchase_days(orders, as_of, weeks) %}
with order_days as (
    select contact_id, {{ sluice.days_between('order_date', as_of) }} as days_ago, sum(amount) as amount
    from {{ orders }}
    where cast(order_date as date) <= cast({{ as_of }} as date)
    group by contact_id, {{ sluice.days_between('order_date', as_of) }}
),

back_test as (
    select cast(floor(least(7 * {{ weeks }}, max(days_ago) / 2.0)) as integer) as back_test_days from order_days
),

eras as (
    select 'now' as era, 0 as days_before, back_test_days, cast({{ weeks }} as {{ sluice.type_double() }}) as weeks from back_test
    union all
    select 'then', back_test_days, back_test_days, cast(back_test_days as {{ sluice.type_double() }}) / 7 from back_test
)

select
    e.era,
    e.weeks,
    e.back_test_days,
    d.contact_id,
    d.days_ago - e.days_before as days_ago,
    row_number() over (partition by e.era, d.contact_id order by d.days_ago desc) - 1 as purchase_number,
    d.amount
from eras as e
inner join order_days as d on d.days_ago >= e.days_before
{% endmacro %}

{# CTE: the history of each customer in each era, in weeks from the first order; repeats do not count that one. #}
{% macro purchase_histories(days) %}
histories as (
    select
        era,
        weeks,
        contact_id,
        cast(count(*) - 1 as {{ sluice.type_double() }}) as repeats,
        cast(max(days_ago) - min(days_ago) as {{ sluice.type_double() }}) / 7 as recency,
        cast(max(days_ago) as {{ sluice.type_double() }}) / 7 as age
    from {{ days }}
    group by era, weeks, contact_id
)
{% endmacro %}

{#
    CTEs: what the back-test ordered afterwards, and from it the factor on all forecasts. A forecast is believed to be off by a tenth, one
    standard deviation; the credibility (Bühlmann, "Experience rating and credibility", 1967) of the factor seen is that prior's variance
    over itself plus the noise of the orders that came, and of the repeats that the forecast itself was made from.
#}
{% macro back_test_purchases(days) %}
later_orders as (
    select contact_id, count(*) as later_orders
    from {{ days }}
    where era = 'now' and days_ago < back_test_days
    group by contact_id
),

back_tests as (
    select
        sum(f.expected_orders) as expected,
        sum(coalesce(o.later_orders, 0)) as observed,
        sum((f.expected_orders - coalesce(o.later_orders, 0)) * (f.expected_orders - coalesce(o.later_orders, 0))) as noise,
        sum(f.repeats) as repeats
    from forecasts as f
    left join later_orders as o on f.contact_id = o.contact_id
    where f.era = 'then'
),

corrections as (
    select
        1 + coalesce(expected * (observed - expected)
        / (expected * expected + 100 * noise * (1 + expected / (repeats + 1)) + 1), 0) as correction
    from back_tests
)
{% endmacro %}
