
    
    



select event_id
from "warehouse"."staging"."stg_attendee__events"
where event_id is null


