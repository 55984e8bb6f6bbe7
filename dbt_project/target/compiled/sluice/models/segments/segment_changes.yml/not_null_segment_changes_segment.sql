
    
    



select segment
from "warehouse"."segments"."segment_changes"
where segment is null


