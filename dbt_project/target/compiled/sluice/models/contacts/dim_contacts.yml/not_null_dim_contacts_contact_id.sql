
    
    



select contact_id
from "warehouse"."contacts"."dim_contacts"
where contact_id is null


