
select source, record_id, count(*) as copies
from "warehouse"."identity"."identity_map"
group by source, record_id
having count(*) > 1
