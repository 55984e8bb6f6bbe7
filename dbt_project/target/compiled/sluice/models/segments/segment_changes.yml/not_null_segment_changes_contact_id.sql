
    
    



select contact_id
from "warehouse"."segments"."segment_changes"
where contact_id is null


