
    

    create  table
      "warehouse"."contacts"."int_events__dbt_tmp"
  
    
    as (
      with events as (
    
    
    
    select * from "warehouse"."staging"."stg_online_retail__events"
    
    

)

select * from events
    );
    
  