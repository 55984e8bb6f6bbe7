
    
    



select event_type
from "warehouse"."staging"."stg_email__events"
where event_type is null


