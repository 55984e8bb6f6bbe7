with final as (
    select contact_id, owner_id, team, assigned_at from {{ ref('int_contact_owners') }}
    union all
    select a.contact_id, a.owner_id, a.team, a.assigned_at
    from {{ ref('int_owner_assignments') }} as a
    left join {{ ref('int_contact_owners') }} as o on a.contact_id = o.contact_id
    where a.recorded_at = {{ sluice.as_of() }} and o.contact_id is null
)

select * from final
