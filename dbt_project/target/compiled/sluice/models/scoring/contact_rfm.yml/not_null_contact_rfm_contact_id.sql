
    
    



select contact_id
from "warehouse"."scoring"."contact_rfm"
where contact_id is null


