
    
    



select contact_id
from "warehouse"."activation"."campaign_price_page_follow_up"
where contact_id is null


