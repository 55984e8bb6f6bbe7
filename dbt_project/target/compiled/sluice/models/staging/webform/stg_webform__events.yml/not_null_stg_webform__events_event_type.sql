
    
    



select event_type
from "warehouse"."staging"."stg_webform__events"
where event_type is null


