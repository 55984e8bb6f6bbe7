with order_lines as (
    select * from "warehouse"."staging"."base_online_retail__order_lines"
),

customers as (
    select
        customer_id,
        min(country) as country,
        min(invoiced_at) as first_invoiced_at
    from order_lines
    group by customer_id
)

select
    
    
    
    
    'online_retail' as source,
    cast(customer_id as TEXT) as record_id,
    
    cast(null as TEXT) as full_name,
    
    cast(null as TEXT) as phone,
    
    cast(null as TEXT) as email,
    
    cast(null as TEXT) as unionid,
    
    cast(null as TEXT) as cookie_id,
    
    cast(null as TEXT) as company,
    
    cast(null as TEXT) as job_title,
    
    cast(null as TEXT) as province,
    
    cast(null as TEXT) as city,
    
    
    case when lower(regexp_replace(cast(country as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g')) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then regexp_replace(cast(country as TEXT), '(^[ 	　]+|[ 	　]+$)', '', 'g') end as country,
    
    cast(null as TEXT) as acquisition_source,
    
    cast(null as TEXT) as owner_id,
    
    coalesce(false, false) as is_deleted,
    first_invoiced_at as created_at,
    coalesce(first_invoiced_at, first_invoiced_at) as updated_at

from customers