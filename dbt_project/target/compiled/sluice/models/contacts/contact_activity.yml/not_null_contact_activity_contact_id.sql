
    
    



select contact_id
from "warehouse"."contacts"."contact_activity"
where contact_id is null


