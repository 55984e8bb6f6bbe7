with rank_moves as (
    select *, row_number() over (partition by enrolment_id order by step desc) as move_rank
    from {{ ref('journey_transitions') }}
),

final as (
    select
        m.enrolment_id,
        max(m.journey) as journey,
        max(m.version) as version,
        max(case when m.move_rank = 1 then coalesce(a.contact_id, m.contact_id) end) as contact_id,
        min(m.moved_at) as entered_at,
        max(case when m.move_rank = 1 and m.to_node is null then m.moved_at end) as ended_at,
        max(case when m.move_rank = 1 and m.to_node is null then m.reason end) as end_reason
    from rank_moves as m
    left join {{ ref('contact_aliases') }} as a on m.contact_id = a.retired_contact_id
    group by m.enrolment_id
)

select * from final
