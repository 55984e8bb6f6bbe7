
    
    



select occurred_at
from "warehouse"."staging"."stg_attendee__events"
where occurred_at is null


