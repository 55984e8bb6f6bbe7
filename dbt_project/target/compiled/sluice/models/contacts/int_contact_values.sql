

with records as (
    select r.*, m.contact_id
    from "warehouse"."identity"."int_contact_records" as r
    inner join "warehouse"."identity"."identity_map" as m on r.record_key = m.record_key
),

own_identifiers as (
    select * from "warehouse"."identity"."int_record_identifiers" where quality = 'own' and identifier_type <> 'cookie'
),

list_values as (
    
    select contact_id, source, record_id, updated_at, is_deleted, 'full_name' as attribute, full_name as attribute_value
    from records
    where full_name is not null
    union all
    
    select contact_id, source, record_id, updated_at, is_deleted, 'company' as attribute, company as attribute_value
    from records
    where company is not null
    union all
    
    select contact_id, source, record_id, updated_at, is_deleted, 'job_title' as attribute, job_title as attribute_value
    from records
    where job_title is not null
    union all
    
    select contact_id, source, record_id, updated_at, is_deleted, 'province' as attribute, province as attribute_value
    from records
    where province is not null
    union all
    
    select contact_id, source, record_id, updated_at, is_deleted, 'city' as attribute, city as attribute_value
    from records
    where city is not null
    union all
    
    select contact_id, source, record_id, updated_at, is_deleted, 'country' as attribute, country as attribute_value
    from records
    where country is not null
    union all
    
    select contact_id, source, record_id, updated_at, is_deleted, 'acquisition_source' as attribute, acquisition_source as attribute_value
    from records
    where acquisition_source is not null
    union all
    
    select contact_id, source, record_id, updated_at, is_deleted, 'owner_id' as attribute, owner_id as attribute_value
    from records
    where owner_id is not null
    union all
    
    select r.contact_id, r.source, r.record_id, r.updated_at, r.is_deleted, i.identifier_type, i.identifier_value
    from records as r
    inner join own_identifiers as i on r.record_key = i.record_key
),

rules as (
    select * from "warehouse"."seeds"."survivorship_rules"
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