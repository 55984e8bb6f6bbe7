
    
    



select record_id
from "warehouse"."contacts"."int_consent_statements"
where record_id is null


