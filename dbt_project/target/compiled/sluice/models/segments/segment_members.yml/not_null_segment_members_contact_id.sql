
    
    



select contact_id
from "warehouse"."segments"."segment_members"
where contact_id is null


