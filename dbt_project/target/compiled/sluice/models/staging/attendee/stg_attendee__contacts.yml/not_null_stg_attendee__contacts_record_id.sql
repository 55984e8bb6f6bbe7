
    
    



select record_id
from "warehouse"."staging"."stg_attendee__contacts"
where record_id is null


