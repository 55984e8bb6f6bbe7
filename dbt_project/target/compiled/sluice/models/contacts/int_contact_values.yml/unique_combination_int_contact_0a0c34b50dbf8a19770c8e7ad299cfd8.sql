
select contact_id, attribute, value_rank, count(*) as copies
from "warehouse"."contacts"."int_contact_values"
group by contact_id, attribute, value_rank
having count(*) > 1
