
    
    



select occurrence
from "warehouse"."activation"."campaign_price_page_follow_up"
where occurrence is null


