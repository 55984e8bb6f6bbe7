
select contact_id, channel, purpose, count(*) as copies
from "warehouse"."contacts"."contact_consents"
group by contact_id, channel, purpose
having count(*) > 1
