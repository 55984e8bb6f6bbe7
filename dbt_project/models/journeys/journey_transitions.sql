{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ sluice.rewind('recorded_at', computed=sluice.is_version_computed(), of_runs=true) }}"
) }}

with moves as (
    {% for name in sluice.models_in('journeys', prefix='steps_') %}
    select * from {{ sluice.model_ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_moves() }}
    {% endfor %}
),

final as (
    select enrolment_id, journey, version, contact_id, step, from_node, to_node, reason, moved_at, due_at, {{ sluice.as_of() }} as recorded_at, drawn from moves
)

select * from final
