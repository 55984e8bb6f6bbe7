{{ config(
    materialized=sluice.folded_where_rows_can_be_replaced(),
    incremental_strategy=sluice.replacing_rows(),
    unique_key='enrolment_id',
    on_schema_change='append_new_columns',
    pre_hook="{{ sluice.forget_moves_that_went() }}"
) }}

{% set history = sluice.existing_relation('journey_transitions') %}

with moves as (
    -- what earlier runs wrote, read without an edge of the graph: this run appends to it nothing that is earlier
    {% if history %}
    select * from {{ history }}
    where
        recorded_at < {{ sluice.as_of() }}{{ sluice.of_a_run('recorded_at') }}
        {% if is_incremental() %}
        and recorded_at > (select coalesce(max(k.recorded_at), timestamp '1900-01-01') from {{ this }} as k)
        {% endif %}
    {% else %}
    select *, cast(null as timestamp) as recorded_at from ({{ sluice.no_moves() }}) as m
    {% endif %}
),

kept as (
    {% if is_incremental() %}
    select enrolment_id, entered_at, move_count from {{ this }}
    {% else %}
    select enrolment_id, moved_at as entered_at, cast(step as bigint) as move_count from moves where 1 = 0
    {% endif %}
),

{{ sluice.fold_moves() }}

select * from final
