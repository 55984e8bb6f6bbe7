
    

    create  table
      "warehouse"."segments"."int_segment_memberships__dbt_tmp"
  
    
    as (
      with memberships as (
    
    select 'dormant_customers' as segment, contact_id from "warehouse"."segments"."seg_dormant_customers"
    union all
    
    select 'high_value_customers' as segment, contact_id from "warehouse"."segments"."seg_high_value_customers"
    union all
    
    select 'new_customers' as segment, contact_id from "warehouse"."segments"."seg_new_customers"
    union all
    
    select 'recent_pricing_visitors' as segment, contact_id from "warehouse"."segments"."seg_recent_pricing_visitors"
    
    
)

select * from memberships
    );
    
  