with orders as (
    select contact_id, cast(occurred_at as date) as order_date, cast(amount as {{ sluice.type_double() }}) as amount
    from {{ ref('contact_events') }}
    where event_type = 'order_placed' and not is_machine
),

final as (
    {{ sluice.purchase_days('orders', sluice.as_of(), var('expected_purchases_weeks')) }}
)

select * from final
