
    
    



select delivery_id
from "warehouse"."activation"."int_delivery_states"
where delivery_id is null


