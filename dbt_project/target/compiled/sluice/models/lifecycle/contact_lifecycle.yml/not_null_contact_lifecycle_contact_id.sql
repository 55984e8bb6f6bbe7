
    
    



select contact_id
from "warehouse"."lifecycle"."contact_lifecycle"
where contact_id is null


