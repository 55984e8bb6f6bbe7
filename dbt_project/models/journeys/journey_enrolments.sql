with last_moves as (
    select enrolment_id, max(step) as step, min(moved_at) as entered_at from {{ ref('journey_transitions') }} group by enrolment_id
),

final as (
    select
        l.enrolment_id,
        m.journey,
        m.version,
        coalesce(a.contact_id, m.contact_id) as contact_id,
        l.entered_at,
        case when m.to_node is null then m.moved_at end as ended_at,
        case when m.to_node is null then m.reason end as end_reason
    from last_moves as l
    inner join {{ ref('journey_transitions') }} as m on l.enrolment_id = m.enrolment_id and l.step = m.step
    left join {{ ref('contact_aliases') }} as a on m.contact_id = a.retired_contact_id
)

select * from final
