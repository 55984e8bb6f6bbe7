
    
    



select identifier_value
from "warehouse"."identity"."int_record_identifiers"
where identifier_value is null


