{#
    How many orders each customer will place in the next weeks. Three queries, each a table of its own, since all warehouses can plan them:
    purchase_days() of any orders, purchase_parameters() of those days, and expected_purchases() of both.

    BG/NBD (Fader, Hardie, Lee, "Counting your customers the easy way", Marketing Science 24, 2005) fitted to these orders themselves,
    then corrected by back-tests: the same fit to what was known at earlier days, held against what came after. Where the orders are known
    for less than half as long as the forecast looks ahead, or fewer than five came back, there is no forecast.
#}
{% macro expected_purchases(days, parameters) %}
with {{ sluice.purchase_histories(days) }},

{{ sluice.forecast_purchases(parameters) }},

{{ sluice.back_test_purchases(days) }},

corrected as (
    select
        f.*,
        f.expected_orders * c.correction as corrected_orders,
        l.known_weeks,
        l.known_repeats,
        f.weeks > 2 * l.known_weeks or l.known_repeats < 5 as is_too_short
    from forecasts as f
    cross join corrections as c
    cross join lengths as l
    where f.era = 'now'
),

likenesses as (
    select f.contact_id, max(s.tenth) as tenth
    from corrected as f
    inner join spreads as s on f.corrected_orders >= s.from_orders or s.tenth = 1
    group by f.contact_id
)

select
    f.contact_id,
    f.repeats as repeat_count,
    f.recency as recency_weeks,
    f.age as age_weeks,
    f.p_alive,
    f.known_weeks,
    f.known_repeats,
    case when not f.is_too_short
        then f.p_alive * (1 - exp((f.r + f.repeats) * ln((f.alpha + f.age) / (f.alpha + f.age + f.weeks))))
    end as order_probability,
    case when not f.is_too_short then f.corrected_orders end as expected_orders,
    case when not f.is_too_short then least(f.corrected_orders, s.low_orders * f.corrected_orders / s.mean_orders) end as expected_orders_low,
    case when not f.is_too_short then greatest(f.corrected_orders, s.high_orders * f.corrected_orders / s.mean_orders) end as expected_orders_high
from corrected as f
left join likenesses as k on f.contact_id = k.contact_id
left join spreads as s on k.tenth = s.tenth and s.buyers >= 10 and s.mean_orders > 0
{% endmacro %}

{#
    The days with an order of each customer, from any relation (contact_id, order_date, amount) with any number of rows a day, in four eras:
    as known at as_of, and as known at three back-tests. The second is as long ago as the forecast looks ahead, at most half of the history;
    the others are a fifth nearer and farther, so that no single day (a holiday, a sale) decides. Where two years are known, the second is
    52 weeks ago, the others four weeks nearer and farther, and all look as far ahead as the forecast: the season is in what they got wrong.
#}
{% macro purchase_days(orders, as_of, weeks) %}
with order_days as (
    select contact_id, {{ sluice.days_between('order_date', as_of) }} as days_ago, sum(amount) as amount
    from {{ orders }}
    where cast(order_date as date) <= cast({{ as_of }} as date)
    group by contact_id, {{ sluice.days_between('order_date', as_of) }}
),

horizon as (
    select
        least(7 * {{ weeks }}, max(days_ago) / 2.0) as days,
        case when max(days_ago) >= 728 and 7 * {{ weeks }} <= 336 then 1 else 0 end as is_seasonal
    from order_days
),

back_tests as (
    {%- for era, share, days in [('then_near', 0.8, 336), ('then', 1, 364), ('then_far', 1.2, 392)] %}
    {{ 'union all ' if not loop.first }}select
        '{{ era }}' as era,
        cast(case when is_seasonal = 1 then {{ days }} else floor({{ share }} * days) end as integer) as back_test_days,
        is_seasonal
    from horizon
    {%- endfor %}
),

eras as (
    select 'now' as era, 0 as back_test_days, cast({{ weeks }} as {{ sluice.type_double() }}) as weeks
    union all
    select
        era,
        back_test_days,
        case when is_seasonal = 1 then {{ weeks }} else cast(back_test_days as {{ sluice.type_double() }}) / 7 end as weeks
    from back_tests
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

    Then how far apart forecast and orders were, in tenths of the buyers by forecast: 10 and 90 of a hundred.
#}
{% macro back_test_purchases(days) %}
eras_then as (
    select distinct era, back_test_days, back_test_days - round(7 * weeks) as until_days from {{ days }} where era <> 'now'
),

lengths as (
    select
        max(age) as known_weeks,
        sum(repeats) as known_repeats
    from histories
    where era = 'now'
),

later_orders as (
    select t.era, d.contact_id, count(*) as later_orders
    from eras_then as t
    inner join {{ days }} as d on d.days_ago < t.back_test_days and d.days_ago >= t.until_days
    where d.era = 'now'
    group by t.era, d.contact_id
),

tested as (
    select
        f.era,
        f.contact_id,
        f.repeats,
        f.expected_orders,
        cast(coalesce(o.later_orders, 0) as {{ sluice.type_double() }}) as later_orders
    from forecasts as f
    left join later_orders as o on f.era = o.era and f.contact_id = o.contact_id
    where f.era <> 'now'
),

back_tests as (
    select
        era,
        sum(expected_orders) as expected,
        sum(later_orders) as observed,
        sum((expected_orders - later_orders) * (expected_orders - later_orders)) as noise,
        sum(repeats) as repeats
    from tested
    group by era
),

mean_back_test as (
    select avg(expected) as expected, avg(observed) as observed, avg(noise) as noise, avg(repeats) as repeats from back_tests
),

corrections as (
    select
        1 + coalesce(expected * (observed - expected)
        / (expected * expected + noise * (1 + expected / (repeats + 1)) / (0.15 * 0.15) + 1), 0) as correction
    from mean_back_test
),

tenths as (
    select
        t.expected_orders * c.correction as expected_orders,
        t.later_orders,
        ntile(10) over (order by t.expected_orders asc, t.contact_id asc) as tenth
    from tested as t
    cross join corrections as c
    where t.era = 'then'
),

places as (
    select
        *,
        row_number() over (partition by tenth order by later_orders) as place,
        count(*) over (partition by tenth) as buyers
    from tenths
),

spreads as (
    select
        tenth,
        max(buyers) as buyers,
        min(expected_orders) as from_orders,
        avg(expected_orders) as mean_orders,
        coalesce(max(case when place <= floor(0.1 * (buyers + 1)) then later_orders end), 0) as low_orders,
        min(case when place >= least(ceil(0.9 * (buyers + 1)), buyers) then later_orders end) as high_orders
    from places
    group by tenth
)
{% endmacro %}
