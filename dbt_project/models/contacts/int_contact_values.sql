{% set record_values = ['full_name', 'company', 'job_title', 'province', 'city', 'country', 'acquisition_source', 'owner_id'] %}

with records as (
    select r.*, m.contact_id
    from {{ ref('int_contact_records') }} as r
    inner join {{ ref('identity_map') }} as m on r.record_key = m.record_key
),

own_identifiers as (
    select * from {{ ref('int_record_identifiers') }} where quality = 'own' and identifier_type <> 'cookie'
),

list_values as (
    {% for attribute in record_values %}
    select contact_id, source, record_id, updated_at, is_deleted, '{{ attribute }}' as attribute, {{ attribute }} as attribute_value
    from records
    where {{ attribute }} is not null
    union all
    {% endfor %}
    select r.contact_id, r.source, r.record_id, r.updated_at, r.is_deleted, i.identifier_type, i.identifier_value
    from records as r
    inner join own_identifiers as i on r.record_key = i.record_key
),

rules as (
    select * from {{ ref('survivorship_rules') }}
),

rank_values as (
    select
        v.*,
        row_number() over (
            partition by v.contact_id, v.attribute
            order by
                v.is_deleted asc, coalesce(r.priority, d.priority, 100) asc, v.updated_at desc, v.source asc, v.record_id asc
        ) as value_rank
    from list_values as v
    left join rules as r on v.attribute = r.attribute and v.source = r.source
    left join rules as d on d.attribute = '*' and v.source = d.source
)

select * from rank_values
