

with memberships as (
    select * from "warehouse"."segments"."int_segment_memberships"
),


rank_changes as (
    select *, row_number() over (partition by segment, contact_id order by changed_at desc) as change_rank
    from "warehouse"."segments"."segment_changes"
),

previous as (
    select segment, contact_id from rank_changes where change_rank = 1 and change = 'entered'
),


final as (
    select
        coalesce(m.segment, p.segment) as segment,
        coalesce(m.contact_id, p.contact_id) as contact_id,
        case when p.contact_id is null then 'entered' else 'exited' end as change,
        cast('2026-11-24 16:16:15' as timestamp) as changed_at
    from memberships as m
    full outer join previous as p on m.segment = p.segment and m.contact_id = p.contact_id
    where m.contact_id is null or p.contact_id is null
)

select * from final