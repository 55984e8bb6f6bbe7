
select segment, contact_id, count(*) as copies
from "warehouse"."segments"."segment_members"
group by segment, contact_id
having count(*) > 1
