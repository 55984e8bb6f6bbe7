
    
    



select event_id
from "warehouse"."staging"."stg_online_retail__events"
where event_id is null


