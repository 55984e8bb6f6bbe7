
    
    



select sync
from "warehouse"."activation"."int_sync_acknowledged"
where sync is null


