{{ config(materialized='view') }}

with final as (
    select
        m.enrolment_id,
        m.journey,
        m.version,
        coalesce(a.contact_id, m.contact_id) as contact_id,
        m.entered_at,
        case when m.node is null then m.moved_at end as ended_at,
        case when m.node is null then m.reason end as end_reason
    from {{ ref('int_journey_newest_moves') }} as m
    left join {{ ref('contact_aliases') }} as a on m.contact_id = a.retired_contact_id
)

select * from final
