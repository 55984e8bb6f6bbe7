with buyers as (
    select * from {{ ref('contact_activity') }} where order_count > 0
),

final as (
    select
        contact_id,
        {{ sluice.days_between('last_order_at', sluice.as_of()) }} as recency_days,
        order_count as frequency,
        order_amount as monetary,
        ntile(5) over (order by last_order_at asc, contact_id asc) as recency_score,
        ntile(5) over (order by order_count asc, order_amount asc, contact_id asc) as frequency_score,
        ntile(5) over (order by order_amount asc, contact_id asc) as monetary_score
    from buyers
)

select * from final
