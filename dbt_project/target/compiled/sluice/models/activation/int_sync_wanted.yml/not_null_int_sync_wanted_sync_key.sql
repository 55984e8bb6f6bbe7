
    
    



select sync_key
from "warehouse"."activation"."int_sync_wanted"
where sync_key is null


