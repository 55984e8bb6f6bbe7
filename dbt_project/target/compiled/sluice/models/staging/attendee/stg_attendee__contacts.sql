select
    
    
    
    
    'attendee' as source,
    cast(attendee_id as TEXT) as record_id,
    
    
    case when lower(regexp_replace(cast(name as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(name as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as full_name,
    
    
    case when lower(regexp_replace(cast(phone as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(phone as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as phone,
    
    
    case when lower(regexp_replace(cast(email as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(email as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as email,
    
    cast(null as TEXT) as unionid,
    
    cast(null as TEXT) as cookie_id,
    
    
    case when lower(regexp_replace(cast(company as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(company as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as company,
    
    
    case when lower(regexp_replace(cast(title as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(title as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as job_title,
    
    cast(null as TEXT) as province,
    
    cast(null as TEXT) as city,
    
    cast(null as TEXT) as country,
    
    cast(null as TEXT) as acquisition_source,
    
    cast(null as TEXT) as owner_id,
    
    coalesce(false, false) as is_deleted,
    ((registered_at at time zone 'Asia/Shanghai') at time zone 'UTC') as created_at,
    coalesce(((registered_at at time zone 'Asia/Shanghai') at time zone 'UTC'), ((registered_at at time zone 'Asia/Shanghai') at time zone 'UTC')) as updated_at

from "warehouse"."raw"."src_attendee"