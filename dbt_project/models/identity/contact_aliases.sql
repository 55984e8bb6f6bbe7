with rank_merges as (
    select
        from_contact_id,
        to_contact_id,
        changed_at,
        row_number() over (partition by from_contact_id order by changed_at desc, record_count desc, to_contact_id asc) as merge_rank
    from {{ ref('identity_changes') }}
    where change = 'merged'
),

identity_map as (
    select * from {{ ref('identity_map') }}
),

living_contacts as (
    select distinct contact_id from identity_map
),

find_successors as (
    -- the record that named the retired contact says where it is now, over any number of merges; where that record is gone, the
    -- contact it was merged into, or the record that named that one
    select m.from_contact_id, coalesce(i.contact_id, n.contact_id, m.to_contact_id) as contact_id, m.changed_at as merged_at
    from rank_merges as m
    left join identity_map as i on m.from_contact_id = i.record_key
    left join identity_map as n on m.to_contact_id = n.record_key
    where m.merge_rank = 1
),

final as (
    select s.from_contact_id as retired_contact_id, s.contact_id, s.merged_at
    from find_successors as s
    inner join living_contacts as c on s.contact_id = c.contact_id
    left join living_contacts as l on s.from_contact_id = l.contact_id
    where l.contact_id is null
)

select * from final
