
select sync, sync_key, count(*) as copies
from "warehouse"."activation"."int_sync_acknowledged"
group by sync, sync_key
having count(*) > 1
