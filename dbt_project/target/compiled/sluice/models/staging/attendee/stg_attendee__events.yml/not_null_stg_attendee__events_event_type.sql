
    
    



select event_type
from "warehouse"."staging"."stg_attendee__events"
where event_type is null


