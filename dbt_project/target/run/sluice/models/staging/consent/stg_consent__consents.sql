
  
  create view "warehouse"."staging"."stg_consent__consents__dbt_tmp" as (
    select
    
    cast(source as TEXT) as record_source,
    cast(record_id as TEXT) as record_id,
    cast(channel as TEXT) as channel,
    cast('marketing' as TEXT) as purpose,
    cast(status as TEXT) as status,
    ((changed_at at time zone 'Asia/Shanghai') at time zone 'UTC') as stated_at,
    cast('consent log of ' || source as TEXT) as proof

from "warehouse"."raw"."consent"
  );
