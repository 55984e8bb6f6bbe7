with members as (
    {{ sluice.members_by_history(ref('segment_changes')) }}
),

{{ sluice.rank_members('members', ref('segment_rules')) }}

select * from final
