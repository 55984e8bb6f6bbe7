{{ config(
    materialized='incremental',
    meta={'idempotent': true},
    incremental_strategy=sluice.replacing_rows(),
    unique_key='record_key',
    pre_hook="{{ sluice.forget_rows_of_changed_records() }}"
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

list_own_keys as (
    {{ sluice.json_entries('changed_records', ['record_key', 'record_hash', 'created_at', 'updated_at'], 'identifiers') }}
),

split_own_keys as (
    select *, entry_value as written_key from list_own_keys where entry_name not like '%#list'
    union all
    select l.*, split_part(translate(l.entry_value, ',|', ';;'), ';', n.n) as written_key
    from list_own_keys as l
    inner join {{ sluice.numbers(200) }} as n on n.n <= length(l.entry_value)
    where l.entry_name like '%#list'
),

trim_own_keys as (
    select *, {{ sluice.trim_text('written_key') }} as trimmed_key from split_own_keys
),

own_keys as (
    -- a record that names one key twice has it once
    select distinct
        record_key,
        record_hash,
        split_part(entry_name, '#', 1) as identifier_type,
        {{ sluice.plain_key(sluice.null_for_none('trimmed_key')) }} as identifier_value,
        created_at,
        updated_at
    from trim_own_keys
),

list_identifiers as (
    {% for type, column in sluice.identifier_columns().items() %}
    select record_key, record_hash, '{{ type }}' as identifier_type, {{ column }} as identifier_value, created_at, updated_at
    from changed_records
    where {{ column }} is not null
    union all
    {% endfor %}
    select record_key, record_hash, identifier_type, identifier_value, created_at, updated_at
    from own_keys
    where identifier_value is not null
),

final as (
    select
        record_key,
        record_hash,
        {{ sluice.hash_bigint(['identifier_type', 'identifier_value']) }} as identifier_key,
        identifier_type,
        identifier_value,
        created_at,
        updated_at
    from list_identifiers
)

select * from final
