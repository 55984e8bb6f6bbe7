
  
  create view "warehouse"."staging"."stg_wechat__events__dbt_tmp" as (
    select
    
    'wechat' as source,
    cast(event_id as TEXT) as event_id,
    cast('wechat_' || event_type as TEXT) as event_type,
    ts as occurred_at,
    coalesce(ts, ts) as recorded_at,
    cast('wechat' as TEXT) as record_source,
    cast(openid as TEXT) as record_id,
    cast(null as TEXT) as cookie_id,
    cast(null as TEXT) as subject,
    cast(null as double precision) as amount,
    cast(null as TEXT) as currency,
    coalesce(false, false) as is_machine

from "warehouse"."raw"."ev_wechat"
  );
