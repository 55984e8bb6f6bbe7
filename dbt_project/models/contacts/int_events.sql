{% set names = sluice.models_in('staging', suffix='__events') %}

with events as (
    {% if names %}
    {{ sluice.union_models(names, 'staging') }}
    {% else %}
    -- no source tells what people did
    select {{ sluice.contact_event('none', 'null', 'null', 'cast(null as timestamp)') }} where 1 = 0
    {% endif %}
),

united as (
    select *, cast(null as bigint) as recipient_id, cast(null as bigint) as delivery_id from events
    union all
    select * from {{ ref('int_message_events') }}
),

key_events as (
    select
        *,
        {{ sluice.hash_bigint(['source', 'event_id']) }} as event_key,
        case when record_id is not null then {{ sluice.hash_bigint(['record_source', 'record_id']) }} end as record_key
    from united
),

final as (
    select k.*
    from key_events as k
    left join {{ source('landing', 'erased_records') }} as e on k.record_key = e.record_key
    where e.record_key is null
)

select * from final
