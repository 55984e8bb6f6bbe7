with events as (
    
    
    
    select * from "warehouse"."staging"."stg_online_retail__events"
    
    

)

select * from events