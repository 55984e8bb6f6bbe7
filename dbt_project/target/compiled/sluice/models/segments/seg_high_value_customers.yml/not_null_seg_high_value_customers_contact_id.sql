
    
    



select contact_id
from "warehouse"."segments"."seg_high_value_customers"
where contact_id is null


