
select contact_id, occurrence, count(*) as copies
from "warehouse"."activation"."campaign_price_page_follow_up"
group by contact_id, occurrence
having count(*) > 1
