{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ sluice.rewind('recorded_at', of_runs=true) }}"
) }}

with written as (
    {{ sluice.journey_definition_rows() }}
),

rank_known as (
    {% if is_incremental() %}
    select *, row_number() over (partition by journey, version, node order by recorded_at desc) as known_rank from {{ this }}
    {% else %}
    select *, 1 as known_rank from written where 1 = 0
    {% endif %}
),

final as (
    select w.journey, w.version, w.node, w.definition, {{ sluice.as_of() }} as recorded_at
    from written as w
    left join rank_known as k on w.journey = k.journey and w.version = k.version and w.node = k.node and k.known_rank = 1
    where k.definition is null or k.definition <> w.definition
)

select * from final
