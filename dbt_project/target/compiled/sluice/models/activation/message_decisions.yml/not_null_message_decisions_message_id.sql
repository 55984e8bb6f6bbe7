
    
    



select message_id
from "warehouse"."activation"."message_decisions"
where message_id is null


