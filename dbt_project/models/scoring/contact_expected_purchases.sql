{% set weeks = var('expected_purchases_weeks') %}

with days as (
    select * from {{ ref('int_purchase_days') }}
),

parameters as (
    select * from {{ ref('int_purchase_parameters') }}
),

days_now as (
    select contact_id, amount from days where era = 'now'
),

expect_purchases as (
    {{ sluice.expected_purchases('days', 'parameters') }}
),

smooth_amounts as (
    {{ sluice.smoothed_mean('days_now', 'contact_id', 'amount') }}
),

final as (
    select
        e.contact_id,
        cast(e.repeat_count as integer) as repeat_count,
        e.recency_weeks,
        e.age_weeks,
        -- rounded: a fit adds floating numbers up in any order, and no sync should see a change in the tenth decimal
        case when e.expected_orders is not null then {{ sluice.rounded('e.p_alive', 4) }} end as p_alive,
        case when e.expected_orders is not null then {{ sluice.rounded('e.order_probability', 4) }} end as order_probability,
        {{ sluice.rounded('e.expected_orders', 4) }} as expected_orders,
        {{ sluice.rounded('e.expected_orders_low', 4) }} as expected_orders_low,
        {{ sluice.rounded('e.expected_orders_high', 4) }} as expected_orders_high,
        {% for part in ['', '_low', '_high'] %}
        {{ sluice.rounded('e.expected_orders' ~ part ~ ' * coalesce(a.smoothed_mean, 0)', 2) }} as expected_amount{{ part }},
        {% endfor %}
        {{ sluice.expected_purchases_reason('en', weeks) }} as reason_en,
        {{ sluice.expected_purchases_reason('zh', weeks) }} as reason_zh
    from expect_purchases as e
    inner join smooth_amounts as a on e.contact_id = a.contact_id
)

select * from final
