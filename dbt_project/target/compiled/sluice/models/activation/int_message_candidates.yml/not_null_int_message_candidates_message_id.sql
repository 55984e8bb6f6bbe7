
    
    



select message_id
from "warehouse"."activation"."int_message_candidates"
where message_id is null


