{% set record_values = ['full_name', 'company', 'industry', 'company_size', 'job_title', 'budget', 'gender', 'birth_date', 'address',
                        'postcode', 'province', 'city', 'country', 'acquisition_source', 'owner_id'] %}

with records as (
    select r.*, m.contact_id, n.name_kind
    from {{ ref('int_contact_records') }} as r
    inner join {{ ref('identity_map') }} as m on r.record_key = m.record_key
    left join {{ ref('int_record_names') }} as n on r.record_key = n.record_key
),

own_identifiers as (
    select i.record_key, i.identifier_type, i.identifier_value
    from {{ ref('int_record_identifiers') }} as i
    inner join {{ ref('int_identifier_quality') }} as q on i.identifier_key = q.identifier_key
    where q.quality = 'own' and i.identifier_type in ('email', 'phone', 'unionid')
),

list_values as (
    {% for attribute in record_values %}
    select
        contact_id,
        source,
        record_id,
        updated_at,
        is_deleted,
        '{{ attribute }}' as attribute,
        cast({{ attribute }} as {{ dbt.type_string() }}) as attribute_value,
        {{ "case name_kind when 'full' then 0 else 1 end" if attribute == 'full_name' else '0' }} as defect
    from records
    where {{ attribute }} is not null{{ " and name_kind <> 'nickname'" if attribute == 'full_name' }}
    union all
    {% endfor %}
    select r.contact_id, r.source, r.record_id, r.updated_at, r.is_deleted, i.identifier_type, i.identifier_value, 0 as defect
    from records as r
    inner join own_identifiers as i on r.record_key = i.record_key
),

find_rules as (
    select
        v.*,
        coalesce(p.priority, d.priority, 100) as priority,
        coalesce(o.first_by, e.first_by) as first_by,
        coalesce(o.second_by, e.second_by) as second_by,
        coalesce(o.third_by, e.third_by) as third_by
    from list_values as v
    left join {{ ref('survivorship_rules') }} as p on v.attribute = p.attribute and v.source = p.source
    left join {{ ref('survivorship_rules') }} as d on d.attribute = '*' and v.source = d.source
    left join {{ ref('survivorship_orders') }} as o on v.attribute = o.attribute
    left join {{ ref('survivorship_orders') }} as e on e.attribute = '*'
),

rank_values as (
    select
        contact_id,
        source,
        record_id,
        updated_at,
        is_deleted,
        attribute,
        attribute_value,
        row_number() over (
            partition by contact_id, attribute
            order by
                is_deleted asc,
                {{ survivorship_criterion('first_by') }} asc,
                {{ survivorship_criterion('second_by') }} asc,
                {{ survivorship_criterion('third_by') }} asc,
                updated_at desc, source asc, record_id asc, attribute_value asc
        ) as value_rank
    from find_rules
)

select * from rank_values
