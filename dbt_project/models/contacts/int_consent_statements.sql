{{ config(
    materialized='incremental',
    meta={'idempotent': true},
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ sluice.delete_rows(\"status not in ('granted', 'denied', 'withdrawn') or channel not in ('email', 'sms', 'wechat', 'ads')\") }}"
) }}

with key_statements as (
    select
        {{ sluice.hash_bigint([
            'record_source', "case when address_hash is null then record_id else coalesce(record_id, '') || ' ' || address_hash end",
            'channel', 'purpose', 'status', 'stated_at', 'proof'
        ]) }} as statement_key,
        *
    from {{ ref('int_consent_readings') }}
    where issue is null
),

one_of_each as (
    select
        statement_key,
        record_source,
        record_id,
        channel,
        purpose,
        status,
        stated_at,
        proof,
        max(text_version) as text_version,
        address_hash,
        case
            when status <> 'granted' and (stated_at is null or min(case when {{ sluice.is_ahead('stated_at', 'landed_at') }} then 1 else 0 end) = 1)
                then least(coalesce(min(landed_at), {{ sluice.as_of() }}), {{ sluice.as_of() }})
        end as counts_from,
        {{ sluice.as_of() }} as first_seen_at
    from key_statements
    group by statement_key, record_source, record_id, channel, purpose, status, stated_at, proof, address_hash
),

new_statements as (
    -- what somebody said stays said, whether or not their source still sends it
    select k.*
    from one_of_each as k
    {% if is_incremental() %}
    left join {{ this }} as t on k.statement_key = t.statement_key
    where t.statement_key is null
    {% endif %}
)

select * from new_statements
