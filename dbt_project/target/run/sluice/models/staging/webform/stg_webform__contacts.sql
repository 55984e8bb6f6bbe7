
  
  create view "warehouse"."staging"."stg_webform__contacts__dbt_tmp" as (
    select
    
    
    
    
    'webform' as source,
    cast(submission_id as TEXT) as record_id,
    
    
    case when lower(regexp_replace(cast(full_name as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(full_name as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as full_name,
    
    
    case when lower(regexp_replace(cast(phone_number as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(phone_number as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as phone,
    
    
    case when lower(regexp_replace(cast(email_address as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(email_address as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as email,
    
    cast(null as TEXT) as unionid,
    
    
    case when lower(regexp_replace(cast(cookie_id as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(cookie_id as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as cookie_id,
    
    
    case when lower(regexp_replace(cast(company as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(company as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as company,
    
    cast(null as TEXT) as job_title,
    
    cast(null as TEXT) as province,
    
    
    case when lower(regexp_replace(cast(city as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(city as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as city,
    
    cast(null as TEXT) as country,
    
    
    case when lower(regexp_replace(cast(utm_source as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(utm_source as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as acquisition_source,
    
    cast(null as TEXT) as owner_id,
    
    coalesce(false, false) as is_deleted,
    ((submitted_at at time zone 'Asia/Shanghai') at time zone 'UTC') as created_at,
    coalesce(((submitted_at at time zone 'Asia/Shanghai') at time zone 'UTC'), ((submitted_at at time zone 'Asia/Shanghai') at time zone 'UTC')) as updated_at

from "warehouse"."raw"."src_webform"
  );
