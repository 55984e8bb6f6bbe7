
    
    



select event_type
from "warehouse"."staging"."stg_online_retail__events"
where event_type is null


