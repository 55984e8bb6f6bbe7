with follow_merges as (
    {{ sluice.changes_of_living_contacts(ref('segment_changes')) }}
),

rank_changes as (
    select *, row_number() over (partition by segment, contact_id order by changed_at desc, change asc) as change_rank
    from follow_merges
),

find_rules as (
    select
        c.segment,
        c.contact_id,
        c.changed_at as entered_at,
        coalesce(r.priority_group, c.segment) as priority_group,
        coalesce(r.priority, 100) as priority,
        {{ sluice.is_held_out('c.segment', 'c.contact_id', 'coalesce(r.holdout_share, 0)') }} as is_held_out
    from rank_changes as c
    left join {{ ref('segment_rules') }} as r on c.segment = r.segment
    where c.change_rank = 1 and c.change = 'entered'
),

find_winners as (
    select *, first_value(segment) over (partition by priority_group, contact_id order by priority asc, segment asc) as winner
    from find_rules
),

final as (
    select segment, contact_id, entered_at, is_held_out, case when winner <> segment then winner end as outranked_by
    from find_winners
)

select * from final
