
select contact_id, identifier_type, identifier_value, count(*) as copies
from "warehouse"."contacts"."contact_identifiers"
group by contact_id, identifier_type, identifier_value
having count(*) > 1
