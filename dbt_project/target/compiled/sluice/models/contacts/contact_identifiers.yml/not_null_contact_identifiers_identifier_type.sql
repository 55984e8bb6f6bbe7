
    
    



select identifier_type
from "warehouse"."contacts"."contact_identifiers"
where identifier_type is null


