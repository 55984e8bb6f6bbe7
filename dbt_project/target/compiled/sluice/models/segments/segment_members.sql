with rank_changes as (
    select *, row_number() over (partition by segment, contact_id order by changed_at desc) as change_rank
    from "warehouse"."segments"."segment_changes"
),

final as (
    select segment, contact_id, changed_at as entered_at
    from rank_changes
    where change_rank = 1 and change = 'entered'
)

select * from final