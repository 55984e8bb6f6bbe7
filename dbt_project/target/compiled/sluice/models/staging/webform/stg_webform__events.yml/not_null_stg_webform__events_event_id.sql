
    
    



select event_id
from "warehouse"."staging"."stg_webform__events"
where event_id is null


