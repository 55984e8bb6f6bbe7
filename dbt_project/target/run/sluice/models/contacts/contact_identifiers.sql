
    

    create  table
      "warehouse"."contacts"."contact_identifiers__dbt_tmp"
  
    
    as (
      with identifiers as (
    select * from "warehouse"."identity"."int_record_identifiers"
),

identity_map as (
    select * from "warehouse"."identity"."identity_map"
),

records as (
    select * from "warehouse"."identity"."int_contact_records"
),

final as (
    select
        m.contact_id,
        i.identifier_type,
        i.identifier_value,
        min(i.quality) as quality,
        count(*) as record_count,
        min(r.created_at) as first_seen_at,
        max(r.updated_at) as last_seen_at
    from identifiers as i
    inner join identity_map as m on i.record_key = m.record_key
    inner join records as r on i.record_key = r.record_key
    group by m.contact_id, i.identifier_type, i.identifier_value
)

select * from final
    );
    
  