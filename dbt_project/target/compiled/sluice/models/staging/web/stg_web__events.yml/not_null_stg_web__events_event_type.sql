
    
    



select event_type
from "warehouse"."staging"."stg_web__events"
where event_type is null


