{% set history = sluice.existing_relation('journey_transitions') %}

with moves as (
    -- what earlier runs wrote, read without an edge of the graph: this run appends to it nothing that is earlier
    {% if history %}
    select * from {{ history }} where recorded_at < {{ sluice.as_of() }}{{ sluice.of_a_run('recorded_at') }}
    {% else %}
    select *, cast(null as timestamp) as recorded_at from ({{ sluice.no_moves() }}) as m
    {% endif %}
),

last_moves as (
    -- an aggregate: a window would sort the moves of all who wait
    select enrolment_id, max(step) as step, min(moved_at) as entered_at from moves group by enrolment_id
),

final as (
    select
        m.enrolment_id,
        m.journey,
        m.version,
        coalesce(a.contact_id, m.contact_id) as contact_id,
        m.contact_id as moved_as,
        a.merged_at,
        l.entered_at,
        m.step,
        m.to_node as node,
        m.moved_at as arrived_at,
        m.due_at
    from last_moves as l
    inner join moves as m on l.enrolment_id = m.enrolment_id and l.step = m.step
    left join {{ ref('contact_aliases') }} as a on m.contact_id = a.retired_contact_id
)

select * from final
