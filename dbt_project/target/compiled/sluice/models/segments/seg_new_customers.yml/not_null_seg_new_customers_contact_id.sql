
    
    



select contact_id
from "warehouse"."segments"."seg_new_customers"
where contact_id is null


