select
    
    
    
    
    'crm' as source,
    cast(crm_id as TEXT) as record_id,
    
    
    case when lower(regexp_replace(cast(name as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(name as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as full_name,
    
    
    case when lower(regexp_replace(cast(mobile as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(mobile as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as phone,
    
    
    case when lower(regexp_replace(cast(email as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(email as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as email,
    
    cast(null as TEXT) as unionid,
    
    cast(null as TEXT) as cookie_id,
    
    
    case when lower(regexp_replace(cast(company as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(company as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as company,
    
    
    case when lower(regexp_replace(cast(title as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(title as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as job_title,
    
    
    case when lower(regexp_replace(cast(province as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(province as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as province,
    
    
    case when lower(regexp_replace(cast(city as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(city as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as city,
    
    cast(null as TEXT) as country,
    
    
    case when lower(regexp_replace(cast(lead_source as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(lead_source as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as acquisition_source,
    
    
    case when lower(regexp_replace(cast(owner_id as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(owner_id as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as owner_id,
    
    coalesce(is_deleted, false) as is_deleted,
    ((created_at at time zone 'Asia/Shanghai') at time zone 'UTC') as created_at,
    coalesce(((updated_at at time zone 'Asia/Shanghai') at time zone 'UTC'), ((created_at at time zone 'Asia/Shanghai') at time zone 'UTC')) as updated_at

from "warehouse"."raw"."src_crm"