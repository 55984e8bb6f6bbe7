
    
    



select contact_id
from "warehouse"."contacts"."contact_identifiers"
where contact_id is null


