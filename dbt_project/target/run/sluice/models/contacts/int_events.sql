
    

    create  table
      "warehouse"."contacts"."int_events__dbt_tmp"
  
    
    as (
      with events as (
    
    
    
    select * from "warehouse"."staging"."stg_attendee__events"
    union all
    
    select * from "warehouse"."staging"."stg_crm__events"
    union all
    
    select * from "warehouse"."staging"."stg_email__events"
    union all
    
    select * from "warehouse"."staging"."stg_shop__events"
    union all
    
    select * from "warehouse"."staging"."stg_web__events"
    union all
    
    select * from "warehouse"."staging"."stg_webform__events"
    union all
    
    select * from "warehouse"."staging"."stg_wechat__events"
    
    

)

select * from events
    );
    
  