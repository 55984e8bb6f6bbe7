
    
    



select changed_at
from "warehouse"."segments"."segment_changes"
where changed_at is null


