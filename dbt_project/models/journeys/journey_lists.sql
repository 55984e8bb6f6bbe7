with changes as (
    select
        coalesce(a.contact_id, j.contact_id) as contact_id,
        j.subject as list_name,
        j.action,
        j.acted_at,
        row_number() over (
            partition by coalesce(a.contact_id, j.contact_id), j.subject
            order by j.acted_at desc, j.recorded_at desc, j.enrolment_id desc, j.step desc
        ) as recency
    from {{ ref('journey_actions') }} as j
    left join {{ ref('contact_aliases') }} as a on j.contact_id = a.retired_contact_id
    where j.action in ('add_to', 'remove_from')
),

final as (
    select list_name, contact_id, acted_at as added_at
    from changes
    where recency = 1 and action = 'add_to'
)

select * from final
