with final as (
    select
        o.order_id,
        {{ sluice.hash_bigint(["'order'", 'o.contact_id', sluice.epoch_seconds('o.ordered_at')]) }} as order_key,
        o.action,
        o.journey,
        coalesce(a.contact_id, o.contact_id) as contact_id,
        o.contact_id as ordered_for,
        o.from_node,
        o.to_node,
        o.ordered_at
    from {{ source('ledger', 'journey_orders') }} as o
    left join {{ ref('contact_aliases') }} as a on o.contact_id = a.retired_contact_id
    where o.ordered_at <= {{ sluice.as_of() }}
)

select * from final
