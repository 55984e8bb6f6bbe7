
  
  create view "warehouse"."staging"."stg_email__consents__dbt_tmp" as (
    select
    
    cast('crm' as TEXT) as record_source,
    cast(crm_id as TEXT) as record_id,
    cast('email' as TEXT) as channel,
    cast('marketing' as TEXT) as purpose,
    cast('withdrawn' as TEXT) as status,
    ts as stated_at,
    cast('unsubscribed from ' || campaign_id as TEXT) as proof

from "warehouse"."raw"."ev_email"
where event_type = 'unsubscribe'
  );
