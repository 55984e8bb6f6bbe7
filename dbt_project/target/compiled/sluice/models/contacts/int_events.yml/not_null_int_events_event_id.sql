
    
    



select event_id
from "warehouse"."contacts"."int_events"
where event_id is null


