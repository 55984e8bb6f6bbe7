
    
    



select contact_id
from "warehouse"."contacts"."int_contact_values"
where contact_id is null


