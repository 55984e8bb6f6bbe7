
    
    



select sync_key
from "warehouse"."activation"."out_sync_operations"
where sync_key is null


