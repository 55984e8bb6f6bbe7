
  
  create view "warehouse"."staging"."stg_wechat__consents__dbt_tmp" as (
    select
    
    cast('wechat' as TEXT) as record_source,
    cast(openid as TEXT) as record_id,
    cast('wechat' as TEXT) as channel,
    cast('marketing' as TEXT) as purpose,
    cast('granted' as TEXT) as status,
    ((subscribe_time at time zone 'Asia/Shanghai') at time zone 'UTC') as stated_at,
    cast('followed the account, scene ' || scene as TEXT) as proof

from "warehouse"."raw"."src_wechat"

union all

select
    
    cast('wechat' as TEXT) as record_source,
    cast(openid as TEXT) as record_id,
    cast('wechat' as TEXT) as channel,
    cast('marketing' as TEXT) as purpose,
    cast('withdrawn' as TEXT) as status,
    ((unsubscribe_time at time zone 'Asia/Shanghai') at time zone 'UTC') as stated_at,
    cast('unfollowed the account' as TEXT) as proof

from "warehouse"."raw"."src_wechat"
where unsubscribe_time is not null
  );
