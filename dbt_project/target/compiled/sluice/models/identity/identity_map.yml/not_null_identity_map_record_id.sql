
    
    



select record_id
from "warehouse"."identity"."identity_map"
where record_id is null


