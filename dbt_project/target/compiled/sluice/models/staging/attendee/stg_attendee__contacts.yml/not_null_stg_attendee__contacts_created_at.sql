
    
    



select created_at
from "warehouse"."staging"."stg_attendee__contacts"
where created_at is null


