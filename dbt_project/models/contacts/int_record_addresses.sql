{{ config(materialized='incremental', meta={'idempotent': true}, incremental_strategy='append') }}

with addresses as (
    select
        record_key,
        case identifier_type when 'phone' then 'sms' else 'email' end as channel,
        identifier_value as address,
        {{ sluice.hash_bigint(['identifier_type', 'identifier_value']) }} as address_key
    from {{ ref('int_record_identifiers') }}
    where identifier_type in ('email', 'email_address', 'phone')
    union
    select record_key, 'wechat' as channel, record_id as address, {{ sluice.hash_bigint(["'openid'", 'record_id']) }} as address_key
    from {{ ref('int_contact_records') }}
    where source = 'wechat'
),

final as (
    -- an address stays when the record has another one: a word may come from it years later
    select a.record_key, a.channel, a.address_key, {{ sluice.sha256_hex('a.address') }} as address_hash, {{ sluice.as_of() }} as first_seen_at
    from addresses as a
    {% if is_incremental() %}
    left join {{ this }} as t on a.record_key = t.record_key and a.address_key = t.address_key
    where t.record_key is null
    {% endif %}
)

select * from final
