
    
    



select event_type
from "warehouse"."staging"."stg_shop__events"
where event_type is null


