
    
    



select identifier_value
from "warehouse"."contacts"."contact_identifiers"
where identifier_value is null


