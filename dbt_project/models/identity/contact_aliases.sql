with last_merges as (
    select from_contact_id, max(changed_at) as merged_at
    from {{ ref('identity_changes') }}
    where change = 'merged'
    group by from_contact_id
),

identity_map as (
    select * from {{ ref('identity_map') }}
),

living_contacts as (
    select distinct contact_id from identity_map
),

final as (
    -- the record that named the retired contact says where it is now, over any number of merges
    select m.from_contact_id as retired_contact_id, i.contact_id, m.merged_at
    from last_merges as m
    inner join identity_map as i on m.from_contact_id = i.record_key
    left join living_contacts as l on m.from_contact_id = l.contact_id
    where l.contact_id is null
)

select * from final
