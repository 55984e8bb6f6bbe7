{% set history = sluice.existing_relation('journey_transitions') %}

with moves as (
    -- what earlier runs wrote, read without an edge of the graph: this run appends to it nothing that is earlier
    {% if history %}
    select * from {{ history }} where recorded_at < {{ sluice.as_of() }}{{ sluice.of_a_run('recorded_at') }}
    {% else %}
    select *, cast(null as timestamp) as recorded_at from ({{ sluice.no_moves() }}) as m
    {% endif %}
),

rank_moves as (
    select
        *,
        min(moved_at) over (partition by enrolment_id) as entered_at,
        row_number() over (partition by enrolment_id order by step desc) as move_rank
    from moves
),

final as (
    select
        m.enrolment_id,
        m.journey,
        m.version,
        coalesce(a.contact_id, m.contact_id) as contact_id,
        m.contact_id as moved_as,
        a.merged_at,
        m.entered_at,
        m.step,
        m.to_node as node,
        m.moved_at as arrived_at,
        m.due_at
    from rank_moves as m
    left join {{ ref('contact_aliases') }} as a on m.contact_id = a.retired_contact_id
    where m.move_rank = 1
)

select * from final
