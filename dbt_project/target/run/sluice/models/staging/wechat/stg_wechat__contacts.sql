
  
  create view "warehouse"."staging"."stg_wechat__contacts__dbt_tmp" as (
    select
    
    
    
    
    'wechat' as source,
    cast(openid as TEXT) as record_id,
    
    cast(null as TEXT) as full_name,
    
    
    case when lower(regexp_replace(cast(remark_mobile as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(remark_mobile as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as phone,
    
    cast(null as TEXT) as email,
    
    
    case when lower(regexp_replace(cast(unionid as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(unionid as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as unionid,
    
    cast(null as TEXT) as cookie_id,
    
    cast(null as TEXT) as company,
    
    cast(null as TEXT) as job_title,
    
    
    case when lower(regexp_replace(cast(province as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(province as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as province,
    
    
    case when lower(regexp_replace(cast(city as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(city as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as city,
    
    cast(null as TEXT) as country,
    
    
    case when lower(regexp_replace(cast(scene as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(scene as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as acquisition_source,
    
    cast(null as TEXT) as owner_id,
    
    coalesce(false, false) as is_deleted,
    ((subscribe_time at time zone 'Asia/Shanghai') at time zone 'UTC') as created_at,
    coalesce(((subscribe_time at time zone 'Asia/Shanghai') at time zone 'UTC'), ((subscribe_time at time zone 'Asia/Shanghai') at time zone 'UTC')) as updated_at

from "warehouse"."raw"."src_wechat"
  );
