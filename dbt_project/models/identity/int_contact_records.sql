{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='record_key',
    on_schema_change='append_new_columns',
    pre_hook="{{ sluice.forget_records_not_known_yet() }}"
) }}
{% do sluice.refuse_taken_names() %}

with records as (
    {{ sluice.delivered_records() }}
),

key_records as (
    select
        {{ sluice.hash_bigint(['source', 'record_id']) }} as record_key,
        {{ sluice.row_fingerprint(["'" ~ sluice.code_fingerprint(['normalise']) ~ "'", 'is_deleted', 'created_at', 'updated_at']
            + sluice.contact_record_texts() + ['identifiers', 'attributes']) }} as record_hash,
        *
    from records
    where created_at <= {{ sluice.as_of() }}
),

{% if is_incremental() %}
changed_keys as (
    select distinct k.record_key
    from key_records as k
    left join {{ this }} as t on k.record_key = t.record_key and k.record_hash = t.record_hash
    where t.record_key is null
),
{% endif %}

count_twins as (
    select
        k.*,
        count(*) over (partition by k.record_key, k.updated_at, k.created_at) as twin_count
    from key_records as k
    {% if is_incremental() %}inner join changed_keys as c on k.record_key = c.record_key{% endif %}
),

rank_versions as (
    -- the last updated counts. Of rows of one moment that differ, which rpt_record_issues counts: deleted first, then the fullest
    select
        *,
        row_number() over (
            partition by record_key
            order by
                updated_at desc,
                created_at desc,
                is_deleted desc,
                case when twin_count > 1 then {{ sluice.filled_count(sluice.contact_record_texts()) }} end desc,
                case when twin_count > 1 then {{ sluice.hash_bigint(sluice.contact_record_texts() + ['identifiers', 'attributes']) }} end asc
        ) as version_rank
    from count_twins
),

trim_texts as (
    select
        record_key,
        record_hash,
        source,
        record_id,
        {% for name in sluice.contact_record_texts() %}
        {{ sluice.trim_text(name) }} as {{ name }},
        {% endfor %}
        identifiers,
        attributes,
        is_deleted,
        created_at,
        updated_at
    from rank_versions
    where version_rank = 1
),

clean_records as (
    select
        record_key,
        record_hash,
        source,
        record_id,
        {% for name in sluice.contact_record_texts() %}
        {{ sluice.null_for_none(name) }} as {{ name }},
        {% endfor %}
        identifiers,
        attributes,
        is_deleted,
        created_at,
        updated_at
    from trim_texts
),

places as (
    -- few places and firms stand on many records: each spelling is read once
    select distinct province, city from clean_records
),

known_places as (
    select
        p.province as written_province,
        p.city as written_city,
        {{ sluice.normalise_province('p.province', 'p.city') }} as province,
        {{ sluice.normalise_city('p.city', 'p.province') }} as city
    from places as p
    {{ sluice.region_joins('p.province', 'p.city') }}
),

companies as (
    select distinct company from clean_records where company is not null
),

known_companies as (
    select company, {{ sluice.normalise_company('company') }} as company_key from companies
),

bare_emails as (
    select *, {{ sluice.email_bare('email') }} as bare_email
    from clean_records
    {{ sluice.computed_once() }}
),

sent_to as (
    select b.*, {{ sluice.email_with_domain('b.bare_email', 'd.ascii_domain') }} as address_to_check
    from bare_emails as b
    left join {{ ref('int_email_domains') }} as d on {{ sluice.email_domain('b.bare_email') }} = d.domain
    {{ sluice.computed_once() }}
),

checked_records as (
    select *, {{ sluice.checked_email('address_to_check') }} as checked_address
    from sent_to
    {{ sluice.computed_once() }}
),

final as (
    select
        r.record_key,
        r.record_hash,
        r.source,
        r.record_id,
        coalesce(r.full_name, {{ sluice.joined_name('r.given_name', 'r.surname') }}) as full_name,
        r.given_name,
        r.surname,
        {{ sluice.normalise_phone('r.phone') }} as phone,
        {{ sluice.phone_digits('r.phone') }} as phone_digits,
        r.checked_address as email,
        {{ sluice.email_mailbox('r.checked_address') }} as mailbox,
        r.unionid,
        r.cookie_id,
        r.national_id,
        {{ sluice.normalise_date('r.birth_date') }} as birth_date,
        r.birth_date as birth_date_as_written,
        r.company,
        f.company_key,
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
        r.phone is not null and {{ sluice.normalise_phone('r.phone') }} is null as has_unreadable_phone,
        r.email is not null and r.checked_address is null as has_unreadable_email,
        r.is_deleted,
        r.created_at,
        r.updated_at
    from checked_records as r
    left join known_places as p
        on coalesce(r.province, '') = coalesce(p.written_province, '') and coalesce(r.city, '') = coalesce(p.written_city, '')
    left join known_companies as f on r.company = f.company
)

select * from final
