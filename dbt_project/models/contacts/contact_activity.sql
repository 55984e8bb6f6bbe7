with events as (
    -- amounts as decimals: a sum of floating numbers depends on their order
    select *, case when abs(amount) < 1e12 then cast(amount as decimal(18, 4)) end as exact_amount
    from {{ sluice.of_touched(ref('contact_events')) }}
    where not is_machine and {{ sluice.is_own_action('event_type') }}
),

final as (
    select
        c.contact_id,
        count(e.event_key) as event_count,
        min(e.occurred_at) as first_event_at,
        max(e.occurred_at) as last_event_at,
        coalesce(max(e.occurred_at), c.created_at) as last_active_at,
        count(case when e.event_type = 'form_submitted' then 1 end) as form_count,
        max(case when e.event_type = 'form_submitted' then e.occurred_at end) as last_form_at,
        count(case when e.event_type = 'order_placed' then 1 end) as order_count,
        cast(coalesce(sum(case when e.event_type = 'order_placed' then e.exact_amount end), 0) as {{ sluice.type_double() }}) as order_amount,
        min(case when e.event_type = 'order_placed' then e.occurred_at end) as first_order_at,
        max(case when e.event_type = 'order_placed' then e.occurred_at end) as last_order_at
    from {{ sluice.of_touched(ref('dim_contacts')) }} as c
    left join events as e on c.contact_id = e.contact_id
    group by c.contact_id, c.created_at
)

select * from final
