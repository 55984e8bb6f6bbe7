{% set golden = ['full_name', 'company', 'industry', 'company_size', 'job_title', 'budget', 'gender', 'birth_date', 'address',
                 'postcode', 'province', 'city', 'country', 'acquisition_source', 'owner_id', 'language'] %}

with records as (
    select m.contact_id, r.source, r.record_id, r.updated_at, r.is_deleted, r.attributes
    from {{ ref('int_contact_records') }} as r
    inner join {{ ref('identity_map') }} as m on r.record_key = m.record_key
),

entries as (
    {{ sluice.json_entries('records', ['contact_id', 'source', 'record_id', 'updated_at', 'is_deleted'], 'attributes') }}
),

trim_entries as (
    select *, {{ sluice.trim_text('entry_value') }} as attribute_value from entries
),

list_values as (
    select
        contact_id,
        source,
        record_id,
        updated_at,
        is_deleted,
        entry_name as attribute,
        {{ sluice.null_for_none('attribute_value') }} as attribute_value,
        0 as defect,
        0 as weakness
    from trim_entries
    where {{ sluice.null_for_none('attribute_value') }} is not null
    union all
    {{ sluice.corrected_values("k.attribute not in ('email', 'phone', '" ~ golden | join("', '") ~ "')") }}
),

{{ sluice.rank_values('list_values') }},

final as (
    select contact_id, attribute, attribute_value, source, record_id, updated_at
    from rank_values
    where value_rank = 1
)

select * from final
