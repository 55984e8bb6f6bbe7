
    
    



select contact_id
from "warehouse"."contacts"."contact_consents"
where contact_id is null


