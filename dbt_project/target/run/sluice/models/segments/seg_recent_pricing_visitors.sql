
    

    create  table
      "warehouse"."segments"."seg_recent_pricing_visitors__dbt_tmp"
  
    
    as (
      select contact_id
from "warehouse"."contacts"."dim_contacts"
where contact_id in (
    select contact_id
    from "warehouse"."contacts"."contact_events"
    where event_type = 'page_view'
        and not is_machine
        and subject = '/pricing'
        and occurred_at > cast('2026-11-24 16:16:15' as timestamp) - interval '60' day
    group by contact_id
    having count(*) >= 1
)
    );
    
  