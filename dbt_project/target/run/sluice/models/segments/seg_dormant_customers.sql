
    

    create  table
      "warehouse"."segments"."seg_dormant_customers__dbt_tmp"
  
    
    as (
      select contact_id
from "warehouse"."contacts"."contact_activity"
where last_order_at <= cast('2026-11-24 16:16:15' as timestamp) - interval '90' day
    );
    
  