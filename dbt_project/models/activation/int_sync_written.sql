{{ config(materialized='incremental', incremental_strategy='append') }}

with differences as (
    select d.*
    from {{ ref('int_sync_differences') }} as d
    {% if is_incremental() %}
    left join {{ this }} as k on d.operation_id = k.operation_id
    where k.operation_id is null
    {% endif %}
),

written as (
    {% for name in sluice.keyed_sync_models() %}
    select d.operation_id, {{ sluice.written_fields(name, 'w', 'k.fields' if is_incremental() else none) }} as fields
    from differences as d
    inner join {{ sluice.model_ref(name) }} as w on d.sync_key = {{ sluice.sync_key(name, 'w') }}
    {% if is_incremental() %}
    left join {{ this }} as k on d.acknowledged_operation_id = k.operation_id and d.operation = 'changed' and d.is_same_mapping
    {% endif %}
    where d.sync = '{{ name[5:] }}' and d.operation <> 'exited' and {{ sluice.sends_changes(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_rows([], keys=['operation_id'], more=['fields']) }}
    {% endfor %}
),

final as (
    -- a key that is there twice is sent by nobody: whichever row
    select operation_id, max(fields) as fields
    from written
    group by operation_id
)

select * from final
