
    
    



select message_id
from "warehouse"."activation"."out_messages"
where message_id is null


