
    
    



select sync_key
from "warehouse"."activation"."int_sync_acknowledged"
where sync_key is null


