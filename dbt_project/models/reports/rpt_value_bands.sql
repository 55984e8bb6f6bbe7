with buyers as (
    select
        r.contact_id,
        r.monetary_score,
        r.recency_days,
        r.frequency,
        r.monetary,
        e.expected_orders,
        e.expected_amount
    from {{ ref('contact_rfm') }} as r
    left join {{ ref('contact_expected_purchases') }} as e on r.contact_id = e.contact_id
),

final as (
    select
        cast(monetary_score as integer) as monetary_score,
        count(*) as contact_count,
        {% set double = sluice.type_double() | trim %}
        cast(avg(recency_days) as {{ double }}) as average_recency_days,
        cast(avg(frequency) as {{ double }}) as average_orders,
        cast(sum(monetary) as {{ double }}) as order_amount,
        cast(sum(monetary) as {{ double }}) / nullif(cast(sum(sum(monetary)) over () as {{ double }}), 0) as share_of_amount,
        cast(sum(expected_orders) as {{ double }}) as expected_orders,
        cast(sum(expected_amount) as {{ double }}) as expected_amount,
        cast(sum(monetary + expected_amount) as {{ double }}) / nullif(count(expected_amount), 0) as average_lifetime_value
    from buyers
    group by monetary_score
)

select * from final
