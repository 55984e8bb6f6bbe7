{{ config(enabled=var('inbox', true)) }}

with deliveries as (
    select delivery_id, min(subject_id) as contact_id
    from {{ source('ledger', 'receipts') }}
    where kind = 'message'
    group by delivery_id
),

visits as (
    select
        e.contact_id,
        e.event_key,
        e.occurred_at,
        s.delivery_id,
        coalesce(a.contact_id, d.contact_id) as referrer_id
    from {{ source('inbox', 'shares') }} as s
    inner join {{ ref('contact_events') }} as e on s.event_key = e.event_id and e.source = 'inbox'
    inner join deliveries as d on s.delivery_id = d.delivery_id
    left join {{ ref('contact_aliases') }} as a on d.contact_id = a.retired_contact_id
    where not e.is_machine
),

rank_visits as (
    -- who looks at their own link brings nobody
    select *, row_number() over (partition by contact_id order by occurred_at asc, event_key asc) as visit_rank
    from visits
    where contact_id <> referrer_id
),

orders as (
    select v.contact_id, min(o.occurred_at) as bought_at
    from rank_visits as v
    inner join {{ ref('contact_events') }} as o on v.contact_id = o.contact_id
    where v.visit_rank = 1 and o.event_type = 'order_placed' and not o.is_machine and o.occurred_at >= v.occurred_at
    group by v.contact_id
),

final as (
    select
        v.contact_id,
        v.referrer_id,
        v.delivery_id,
        v.occurred_at as first_visit_at,
        c.created_at as identified_at,
        o.bought_at
    from rank_visits as v
    inner join {{ ref('dim_contacts') }} as c on v.contact_id = c.contact_id
    left join orders as o on v.contact_id = o.contact_id
    -- who was known before came by other means
    where v.visit_rank = 1 and c.created_at >= v.occurred_at
)

select * from final
