{{ config(materialized='view') }}

with final as (
    select
        m.enrolment_id,
        m.journey,
        m.version,
        coalesce(a.contact_id, m.contact_id) as contact_id,
        m.contact_id as moved_as,
        a.merged_at,
        m.entered_at,
        m.step,
        m.node,
        m.moved_at as arrived_at,
        m.due_at
    from {{ ref('int_journey_last_moves') }} as m
    left join {{ ref('contact_aliases') }} as a on m.contact_id = a.retired_contact_id
)

select * from final
