{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ sluice.rewind('recorded_at', computed=sluice.is_version_computed(), of_runs=true) }}"
) }}

with nodes as (
    {% for place in sluice.journey_action_nodes() %}
    select
        '{{ place.journey }}' as journey,
        cast({{ place.version }} as integer) as version,
        '{{ place.node }}' as node,
        '{{ place.action }}' as action,
        {{ sluice.text_literal(place.subject) }} as subject,
        cast({{ place.points if place.points is not none else 'null' }} as integer) as points
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select journey, version, to_node as node, reason as action, reason as subject, step as points from ({{ sluice.no_moves() }}) as m
    {% endfor %}
),

final as (
    select
        t.enrolment_id, t.step, t.journey, t.version, t.contact_id, n.node, n.action, n.subject, n.points, t.moved_at as acted_at,
        t.recorded_at, t.drawn
    from {{ ref('journey_transitions') }} as t
    inner join nodes as n on t.journey = n.journey and t.version = n.version and t.from_node = n.node and t.reason = n.action
    where t.recorded_at = {{ sluice.as_of() }} and {{ sluice.is_version_computed('t.') }}
)

select * from final
