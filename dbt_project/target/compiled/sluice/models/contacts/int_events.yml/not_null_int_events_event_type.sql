
    
    



select event_type
from "warehouse"."contacts"."int_events"
where event_type is null


