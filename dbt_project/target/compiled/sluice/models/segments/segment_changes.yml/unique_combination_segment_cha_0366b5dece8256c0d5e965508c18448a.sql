
select segment, contact_id, changed_at, count(*) as copies
from "warehouse"."segments"."segment_changes"
group by segment, contact_id, changed_at
having count(*) > 1
