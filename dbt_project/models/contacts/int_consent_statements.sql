{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{% if is_incremental() %}delete from {{ this }} where status not in ('granted', 'denied', 'withdrawn')
        or channel not in ('email', 'sms', 'wechat', 'ads'){% endif %}"
) }}

with key_statements as (
    select distinct
        {{ sluice.hash_bigint(['record_source', 'record_id', 'channel', 'purpose', 'status', 'stated_at', 'proof']) }} as statement_key,
        record_source,
        record_id,
        channel,
        purpose,
        status,
        stated_at,
        proof
    from {{ ref('int_consent_readings') }}
    where issue is null
),

new_statements as (
    -- what somebody said stays said, whether or not their source still sends it
    select k.*
    from key_statements as k
    {% if is_incremental() %}
    left join {{ this }} as t on k.statement_key = t.statement_key
    where t.statement_key is null
    {% endif %}
)

select * from new_statements
