with follow_merges as (
    {{ sluice.changes_of_living_contacts(ref('segment_changes')) }}
),

rank_changes as (
    select *, row_number() over (partition by segment, contact_id order by changed_at desc, change asc) as change_rank
    from follow_merges
),

members as (
    select segment, contact_id, changed_at as entered_at
    from rank_changes
    where change_rank = 1 and change = 'entered'
),

{{ sluice.rank_members('members', ref('segment_rules')) }}

select * from final
