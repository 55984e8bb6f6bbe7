
    
    



select node_id
from "warehouse"."identity"."int_identity_components"
where node_id is null


