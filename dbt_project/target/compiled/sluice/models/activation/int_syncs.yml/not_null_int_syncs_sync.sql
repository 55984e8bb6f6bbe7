
    
    



select sync
from "warehouse"."activation"."int_syncs"
where sync is null


