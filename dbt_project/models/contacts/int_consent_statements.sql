{{ config(materialized='incremental', incremental_strategy='append') }}
{% set names = models_in('staging', suffix='__consents') %}

with statements as (
    {% if names %}
    {{ union_models(names, 'staging') }}
    {% else %}
    -- no source speaks of consent: nobody has given any
    select {{ consent_statement('null', 'null', 'null', 'null', 'cast(null as timestamp)', 'null') }} where 1 = 0
    {% endif %}
),

key_statements as (
    select distinct
        {{ hash_bigint(['record_source', 'record_id', 'channel', 'purpose', 'status', 'stated_at', 'proof']) }} as statement_key,
        *
    from statements
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
