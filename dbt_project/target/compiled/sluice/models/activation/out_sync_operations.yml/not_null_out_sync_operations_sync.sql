
    
    



select sync
from "warehouse"."activation"."out_sync_operations"
where sync is null


