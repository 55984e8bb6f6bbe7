
    
    



select identifier_type
from "warehouse"."identity"."int_record_identifiers"
where identifier_type is null


