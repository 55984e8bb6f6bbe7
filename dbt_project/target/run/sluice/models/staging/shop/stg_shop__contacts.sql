
  
  create view "warehouse"."staging"."stg_shop__contacts__dbt_tmp" as (
    select
    
    
    
    
    'shop' as source,
    cast(shop_user_id as TEXT) as record_id,
    
    
    case when lower(regexp_replace(cast(receiver_name as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(receiver_name as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as full_name,
    
    
    case when lower(regexp_replace(cast(phone as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(phone as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as phone,
    
    
    case when lower(regexp_replace(cast(email as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(email as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as email,
    
    
    case when lower(regexp_replace(cast(unionid as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(unionid as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as unionid,
    
    
    case when lower(regexp_replace(cast(last_cookie_id as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(last_cookie_id as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as cookie_id,
    
    cast(null as TEXT) as company,
    
    cast(null as TEXT) as job_title,
    
    
    case when lower(regexp_replace(cast(province as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(province as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as province,
    
    
    case when lower(regexp_replace(cast(city as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(city as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as city,
    
    cast(null as TEXT) as country,
    
    cast(null as TEXT) as acquisition_source,
    
    cast(null as TEXT) as owner_id,
    
    coalesce(false, false) as is_deleted,
    ((registered_at at time zone 'Asia/Shanghai') at time zone 'UTC') as created_at,
    coalesce(((registered_at at time zone 'Asia/Shanghai') at time zone 'UTC'), ((registered_at at time zone 'Asia/Shanghai') at time zone 'UTC')) as updated_at

from "warehouse"."raw"."src_shop"
  );
