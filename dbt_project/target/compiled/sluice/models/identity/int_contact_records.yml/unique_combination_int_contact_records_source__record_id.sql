
select source, record_id, count(*) as copies
from "warehouse"."identity"."int_contact_records"
group by source, record_id
having count(*) > 1
