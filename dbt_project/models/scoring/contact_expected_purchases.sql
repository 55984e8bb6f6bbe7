{% set weeks = var('expected_purchases_weeks') %}

with orders as (
    select contact_id, occurred_at, cast(amount as {{ type_double() }}) as amount
    from {{ ref('contact_events') }}
    where event_type = 'order_placed' and not is_machine
),

sum_days as (
    select contact_id as customer_id, cast(occurred_at as date) as order_date, sum(amount) as amount
    from orders
    group by contact_id, cast(occurred_at as date)
),

expect_purchases as (
    {{ expected_purchases('sum_days', as_of(), weeks) }}
),

smooth_amounts as (
    {{ smoothed_mean('sum_days', 'customer_id', 'amount') }}
),

final as (
    select
        e.customer_id as contact_id,
        cast(e.repeat_count as integer) as repeat_count,
        e.recency_weeks,
        e.age_weeks,
        e.p_alive,
        e.order_probability,
        e.expected_orders,
        e.expected_orders * coalesce(a.smoothed_mean, 0) as expected_amount,
        {{ expected_purchases_reason('en', weeks) }} as reason_en,
        {{ expected_purchases_reason('zh', weeks) }} as reason_zh
    from expect_purchases as e
    inner join smooth_amounts as a on e.customer_id = a.customer_id
)

select * from final
