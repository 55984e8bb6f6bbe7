
    
    



select contact_id
from "warehouse"."segments"."int_segment_memberships"
where contact_id is null


