with offers as (
    -- what this run gave is not free any more
    select o.pool, count(*) as free
    from {{ ref('int_coupon_offers') }} as o
    left join {{ ref('int_coupons_given') }} as g on o.code = g.code
    where g.code is null
    group by o.pool
),

given as (
    select pool, count(*) as given from {{ ref('int_coupons_given') }} group by pool
),

nodes as (
    {{ sluice.nodes_of_action('give_coupon', 'pool') }}
),

waiting as (
    select n.pool, count(p.enrolment_id) as waiting
    from nodes as n
    left join {{ ref('int_journey_places') }} as p on n.journey = p.journey and n.version = p.version and n.node = p.node
    group by n.pool
),

pools as (
    select pool from waiting
    union
    select pool from given
),

final as (
    select
        p.pool,
        cast(coalesce(g.given, 0) as bigint) as given,
        cast(coalesce(o.free, 0) as bigint) as free,
        cast(coalesce(w.waiting, 0) as bigint) as waiting
    from pools as p
    left join given as g on p.pool = g.pool
    left join offers as o on p.pool = o.pool
    left join waiting as w on p.pool = w.pool
)

select * from final
