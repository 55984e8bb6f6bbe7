
    
    



select sync
from "warehouse"."activation"."int_sync_wanted"
where sync is null


