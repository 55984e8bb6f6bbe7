{% set names = sluice.models_in('staging', suffix='__events') %}

with events as (
    {% if names %}
    {{ sluice.union_models(names, 'staging') }}
    {% else %}
    -- no source tells what people did
    select {{ sluice.contact_event('none', 'null', 'null', 'cast(null as timestamp)') }} where 1 = 0
    {% endif %}
),

final as (
    select v.*, cast(null as bigint) as recipient_id, cast(null as bigint) as delivery_id
    from events as v
    left join {{ source('landing', 'erased_records') }} as e
        on {{ sluice.hash_bigint(['v.record_source', 'v.record_id']) }} = e.record_key
    where e.record_key is null
    union all
    select * from {{ ref('int_message_events') }}
)

select * from final
