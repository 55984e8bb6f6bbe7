
    
    



select record_id
from "warehouse"."identity"."int_contact_records"
where record_id is null


