with candidates as (
    select * from {{ ref('int_message_candidates') }}
),

list_ids as (
    -- a message to somebody's retired id was a message to them: a merge sends nothing twice
    select message_id, message_id as delivery_id from candidates
    union all
    select c.message_id, {{ sluice.hash_bigint(["'message'", 'c.campaign', 'a.retired_contact_id', 'c.occurrence']) }} as delivery_id
    from candidates as c
    inner join {{ ref('contact_aliases') }} as a on c.contact_id = a.contact_id
),

rank_deliveries as (
    select
        i.message_id,
        d.state,
        d.reason,
        row_number() over (
            partition by i.message_id
            order by
                case when d.state in ('accepted', 'delivered', 'bounced', 'complained') then 0 when d.state = 'unknown' then 1 else 2 end asc,
                d.occurred_at desc, i.delivery_id asc
        ) as delivery_rank
    from list_ids as i
    inner join {{ ref('int_delivery_states') }} as d on i.delivery_id = d.delivery_id
),

final as (
    select message_id, state, reason from rank_deliveries where delivery_rank = 1
)

select * from final
