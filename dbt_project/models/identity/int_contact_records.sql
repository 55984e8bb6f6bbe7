{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='record_key',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_records_not_known_yet() }}"
) }}

with records as (
    {{ union_models(models_in('staging', suffix='__contacts'), 'staging') }}
),

rank_versions as (
    select
        *,
        row_number() over (partition by source, record_id order by updated_at desc, created_at desc) as version_rank
    from records
    where created_at <= {{ as_of() }}
),

key_records as (
    select
        {{ hash_bigint(['source', 'record_id']) }} as record_key,
        {{ hash_bigint(["'" ~ code_fingerprint(['normalise', 'staging']) ~ "'", 'source', 'record_id', 'is_deleted', 'created_at', 'updated_at'] + contact_record_texts()) }} as record_hash,
        *
    from rank_versions
    where version_rank = 1
),

changed_records as (
    select k.*
    from key_records as k
    {% if is_incremental() %}
    left join {{ this }} as t on k.record_key = t.record_key and k.record_hash = t.record_hash
    where t.record_key is null
    {% endif %}
),

final as (
    select
        r.record_key,
        r.record_hash,
        r.source,
        r.record_id,
        coalesce(r.full_name, {{ joined_name('r.given_name', 'r.surname') }}) as full_name,
        r.given_name,
        r.surname,
        {{ normalise_phone('r.phone') }} as phone,
        {{ phone_digits('r.phone') }} as phone_digits,
        {{ normalise_email('r.email') }} as email,
        r.unionid,
        r.cookie_id,
        r.national_id,
        {{ normalise_date('r.birth_date') }} as birth_date,
        r.birth_date as birth_date_as_written,
        r.company,
        {{ normalise_company('r.company') }} as company_key,
        r.job_title,
        r.address,
        r.postcode,
        {{ normalise_province('r.province', 'r.city') }} as province,
        {{ normalise_city('r.city', 'r.province') }} as city,
        r.country,
        r.acquisition_source,
        r.owner_id,
        r.phone is not null and {{ normalise_phone('r.phone') }} is null as has_unreadable_phone,
        r.email is not null and {{ normalise_email('r.email') }} is null as has_unreadable_email,
        r.is_deleted,
        r.created_at,
        r.updated_at
    from changed_records as r
    {{ region_joins('r.province', 'r.city') }}
)

select * from final
