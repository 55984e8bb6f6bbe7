{{ config(materialized='view') }}

with last_moves as (
    select enrolment_id, max(step) as step from {{ ref('journey_transitions') }} group by enrolment_id
),

nodes as (
    {% for place in sluice.journey_nodes() %}
    select '{{ place.journey }}' as journey, cast({{ place.version }} as integer) as version, '{{ place.node }}' as node
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select journey, version, to_node as node from ({{ sluice.no_moves() }}) as m
    {% endfor %}
),

final as (
    select
        m.enrolment_id,
        m.journey,
        m.version,
        coalesce(a.contact_id, m.contact_id) as contact_id,
        m.to_node as node,
        m.step,
        m.moved_at as arrived_at,
        m.due_at,
        n.node is null as is_stopped
    from last_moves as l
    inner join {{ ref('journey_transitions') }} as m on l.enrolment_id = m.enrolment_id and l.step = m.step
    left join {{ ref('contact_aliases') }} as a on m.contact_id = a.retired_contact_id
    left join nodes as n on m.journey = n.journey and m.version = n.version and m.to_node = n.node
    where m.to_node is not null
)

select * from final
