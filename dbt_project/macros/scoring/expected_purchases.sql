{#
    How many orders each customer will place in the next weeks. Three queries, each a table of its own, since all warehouses can plan them:
    purchase_days() of any orders, purchase_parameters() of those days, and expected_purchases() of both.

    BG/NBD (Fader, Hardie, Lee, "Counting your customers the easy way", Marketing Science 24, 2005) fitted to these orders themselves,
    then corrected by back-tests: the same fit to what was known at earlier days, held against what came after.
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
    The days with an order of each customer, from any relation (contact_id, order_date, amount) with any number of rows a day, in four eras:
    as known at as_of, and as known at three back-tests. The second is as long ago as the forecast looks ahead, at most half of the history;
    the others are a fifth nearer and farther, so that no single day (a holiday, a sale) decides.
#}
{% macro purchase_days(orders, as_of, weeks) %}
with order_days as (
    select contact_id, {{ sluice.days_between('order_date', as_of) }} as days_ago, sum(amount) as amount
    from {{ orders }}
    where cast(order_date as date) <= cast({{ as_of }} as date)
    group by contact_id, {{ sluice.days_between('order_date', as_of) }}
),

horizon as (
    select least(7 * {{ weeks }}, max(days_ago) / 2.0) as days from order_days
),

back_tests as (
    {%- for era, share in [('then_near', 0.8), ('then', 1), ('then_far', 1.2)] %}
    {{ 'union all ' if not loop.first }}select '{{ era }}' as era, cast(floor({{ share }} * days) as integer) as back_test_days from horizon
    {%- endfor %}
),

eras as (
    select 'now' as era, 0 as back_test_days, cast({{ weeks }} as {{ sluice.type_double() }}) as weeks
    union all
    select era, back_test_days, cast(back_test_days as {{ sluice.type_double() }}) / 7 from back_tests
)

select
    e.era,
    e.weeks,
    e.back_test_days,
    d.contact_id,
    d.days_ago - e.back_test_days as days_ago,
    row_number() over (partition by e.era, d.contact_id order by d.days_ago desc) - 1 as purchase_number,
    d.amount
from eras as e
inner join order_days as d on d.days_ago >= e.back_test_days
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
    CTEs: what the back-tests ordered afterwards, and from it the factor on all forecasts. The back-tests overlap, so their mean counts as
    one. A forecast is believed to be off by 15 %, one standard deviation; the credibility (Bühlmann, "Experience rating and credibility",
    1967) of the factor seen is that prior's variance over itself plus the noise of the orders that came, and of the repeats that the
    forecast itself was made from.
#}
{% macro back_test_purchases(days) %}
eras_then as (
    select distinct era, back_test_days from {{ days }} where era <> 'now'
),

later_orders as (
    select t.era, d.contact_id, count(*) as later_orders
    from eras_then as t
    inner join {{ days }} as d on d.days_ago < t.back_test_days
    where d.era = 'now'
    group by t.era, d.contact_id
),

back_tests as (
    select
        f.era,
        sum(f.expected_orders) as expected,
        sum(coalesce(o.later_orders, 0)) as observed,
        sum((f.expected_orders - coalesce(o.later_orders, 0)) * (f.expected_orders - coalesce(o.later_orders, 0))) as noise,
        sum(f.repeats) as repeats
    from forecasts as f
    left join later_orders as o on f.era = o.era and f.contact_id = o.contact_id
    where f.era <> 'now'
    group by f.era
),

mean_back_test as (
    select avg(expected) as expected, avg(observed) as observed, avg(noise) as noise, avg(repeats) as repeats from back_tests
),

corrections as (
    select
        1 + coalesce(expected * (observed - expected)
        / (expected * expected + noise * (1 + expected / (repeats + 1)) / (0.15 * 0.15) + 1), 0) as correction
    from mean_back_test
)
{% endmacro %}
