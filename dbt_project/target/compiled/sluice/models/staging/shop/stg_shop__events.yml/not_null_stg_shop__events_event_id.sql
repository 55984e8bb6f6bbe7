
    
    



select event_id
from "warehouse"."staging"."stg_shop__events"
where event_id is null


