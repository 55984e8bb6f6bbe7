
    
    



select contact_id
from "warehouse"."segments"."seg_recent_pricing_visitors"
where contact_id is null


