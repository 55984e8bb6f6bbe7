
    

    create  table
      "warehouse"."contacts"."dim_contacts__dbt_tmp"
  
    
    as (
      

with winning_values as (
    select * from "warehouse"."contacts"."int_contact_values" where value_rank = 1
),

pivot_values as (
    select
        contact_id
        
        , max(case when attribute = 'full_name' then attribute_value end) as full_name
        , max(case when attribute = 'full_name' then source end) as full_name_source
        , max(case when attribute = 'full_name' then updated_at end) as full_name_updated_at
        
        , max(case when attribute = 'email' then attribute_value end) as email
        , max(case when attribute = 'email' then source end) as email_source
        , max(case when attribute = 'email' then updated_at end) as email_updated_at
        
        , max(case when attribute = 'phone' then attribute_value end) as phone
        , max(case when attribute = 'phone' then source end) as phone_source
        , max(case when attribute = 'phone' then updated_at end) as phone_updated_at
        
        , max(case when attribute = 'unionid' then attribute_value end) as unionid
        , max(case when attribute = 'unionid' then source end) as unionid_source
        , max(case when attribute = 'unionid' then updated_at end) as unionid_updated_at
        
        , max(case when attribute = 'company' then attribute_value end) as company
        , max(case when attribute = 'company' then source end) as company_source
        , max(case when attribute = 'company' then updated_at end) as company_updated_at
        
        , max(case when attribute = 'job_title' then attribute_value end) as job_title
        , max(case when attribute = 'job_title' then source end) as job_title_source
        , max(case when attribute = 'job_title' then updated_at end) as job_title_updated_at
        
        , max(case when attribute = 'province' then attribute_value end) as province
        , max(case when attribute = 'province' then source end) as province_source
        , max(case when attribute = 'province' then updated_at end) as province_updated_at
        
        , max(case when attribute = 'city' then attribute_value end) as city
        , max(case when attribute = 'city' then source end) as city_source
        , max(case when attribute = 'city' then updated_at end) as city_updated_at
        
        , max(case when attribute = 'country' then attribute_value end) as country
        , max(case when attribute = 'country' then source end) as country_source
        , max(case when attribute = 'country' then updated_at end) as country_updated_at
        
        , max(case when attribute = 'acquisition_source' then attribute_value end) as acquisition_source
        , max(case when attribute = 'acquisition_source' then source end) as acquisition_source_source
        , max(case when attribute = 'acquisition_source' then updated_at end) as acquisition_source_updated_at
        
        , max(case when attribute = 'owner_id' then attribute_value end) as owner_id
        , max(case when attribute = 'owner_id' then source end) as owner_id_source
        , max(case when attribute = 'owner_id' then updated_at end) as owner_id_updated_at
        
    from winning_values
    group by contact_id
),

count_records as (
    select
        m.contact_id,
        count(*) as record_count,
        count(distinct r.source) as source_count,
        min(r.created_at) as created_at,
        max(r.updated_at) as updated_at,
        min(case when r.is_deleted then 1 else 0 end) = 1 as is_deleted
    from "warehouse"."identity"."identity_map" as m
    inner join "warehouse"."identity"."int_contact_records" as r on m.record_key = r.record_key
    group by m.contact_id
),

final as (
    select
        c.contact_id
        
        , v.full_name
        , v.full_name_source
        , v.full_name_updated_at
        
        , v.email
        , v.email_source
        , v.email_updated_at
        
        , v.phone
        , v.phone_source
        , v.phone_updated_at
        
        , v.unionid
        , v.unionid_source
        , v.unionid_updated_at
        
        , v.company
        , v.company_source
        , v.company_updated_at
        
        , v.job_title
        , v.job_title_source
        , v.job_title_updated_at
        
        , v.province
        , v.province_source
        , v.province_updated_at
        
        , v.city
        , v.city_source
        , v.city_updated_at
        
        , v.country
        , v.country_source
        , v.country_updated_at
        
        , v.acquisition_source
        , v.acquisition_source_source
        , v.acquisition_source_updated_at
        
        , v.owner_id
        , v.owner_id_source
        , v.owner_id_updated_at
        
        , case
            when regexp_matches(v.full_name, '[一-龥]') or v.phone like '+86%' or v.province is not null then 'zh'
            else 'en'
        end as language
        , c.record_count
        , c.source_count
        , c.is_deleted
        , c.created_at
        , c.updated_at
    from count_records as c
    left join pivot_values as v on c.contact_id = v.contact_id
)

select * from final
    );
    
  