{{ config(
    materialized='incremental',
    meta={'idempotent': true},
    incremental_strategy=sluice.replacing_rows(),
    unique_key='record_key',
    on_schema_change='append_new_columns',
    pre_hook="{{ sluice.forget_records_not_known_yet() }}"
) }}
{% do sluice.refuse_refresh_without('int_changed_records') %}

with final as (
    select
        r.record_key,
        r.record_hash,
        r.source,
        r.record_id,
        coalesce(r.full_name, {{ sluice.joined_name('r.given_name', 'r.surname') }}) as full_name,
        r.given_name,
        r.surname,
        n.phone,
        n.phone_digits,
        e.email,
        e.mailbox,
        r.unionid,
        r.cookie_id,
        r.national_id,
        b.birth_date,
        r.birth_date as birth_date_as_written,
        r.company,
        c.company_key,
        r.industry,
        r.company_size,
        r.job_title,
        r.budget,
        r.gender,
        r.address,
        r.postcode,
        p.province,
        p.city,
        r.country,
        r.acquisition_source,
        r.owner_id,
        r.language,
        r.identifiers,
        r.attributes,
        r.phone is not null and n.phone is null as has_unreadable_phone,
        r.email is not null and e.email is null as has_unreadable_email,
        r.is_deleted,
        r.created_at,
        r.updated_at
    from {{ ref('int_clean_records') }} as r
    left join {{ ref('int_record_phones') }} as n on r.record_key = n.record_key
    left join {{ ref('int_record_emails') }} as e on r.record_key = e.record_key
    left join {{ ref('int_record_birth_dates') }} as b on r.record_key = b.record_key
    left join {{ ref('int_places') }} as p
        on coalesce(r.province, '') = coalesce(p.written_province, '') and coalesce(r.city, '') = coalesce(p.written_city, '')
    left join {{ ref('int_company_keys') }} as c on r.company = c.company
)

select * from final
