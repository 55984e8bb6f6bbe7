{{ config(materialized='view') }}

with nodes as (
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
        m.node,
        m.step,
        m.moved_at as arrived_at,
        m.due_at,
        n.node is null as is_stopped
    from {{ ref('int_journey_newest_moves') }} as m
    left join {{ ref('contact_aliases') }} as a on m.contact_id = a.retired_contact_id
    left join nodes as n on m.journey = n.journey and m.version = n.version and m.node = n.node
    where m.node is not null
)

select * from final
