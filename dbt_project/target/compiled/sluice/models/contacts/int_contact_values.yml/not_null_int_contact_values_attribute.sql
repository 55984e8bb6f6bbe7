
    
    



select attribute
from "warehouse"."contacts"."int_contact_values"
where attribute is null


