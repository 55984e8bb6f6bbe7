
    
    



select record_key
from "warehouse"."identity"."int_record_identifiers"
where record_key is null


