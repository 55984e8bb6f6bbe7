
    
    



select contact_id
from "warehouse"."segments"."seg_dormant_customers"
where contact_id is null


