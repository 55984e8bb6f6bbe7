
    
    



select event_key
from "warehouse"."contacts"."contact_events"
where event_key is null


