
select sync, sync_key, count(*) as copies
from "warehouse"."activation"."out_sync_operations"
group by sync, sync_key
having count(*) > 1
