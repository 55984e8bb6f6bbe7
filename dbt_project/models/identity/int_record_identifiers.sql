{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='record_key',
    pre_hook="{{ forget_rows_of_changed_records() }}"
) }}

with {% if is_incremental() %}kept_keys as (
    select distinct record_key from {{ this }}
),

{% endif %}changed_records as (
    select r.*
    from {{ ref('int_contact_records') }} as r
    {% if is_incremental() %}
    left join kept_keys as t on r.record_key = t.record_key
    where t.record_key is null
    {% endif %}
),

list_identifiers as (
    {% for type, column in identifier_columns().items() %}
    select record_key, record_hash, '{{ type }}' as identifier_type, {{ column }} as identifier_value, created_at, updated_at
    from changed_records
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select
        record_key,
        record_hash,
        {{ hash_bigint(['identifier_type', 'identifier_value']) }} as identifier_key,
        identifier_type,
        identifier_value,
        created_at,
        updated_at
    from list_identifiers
)

select * from final
