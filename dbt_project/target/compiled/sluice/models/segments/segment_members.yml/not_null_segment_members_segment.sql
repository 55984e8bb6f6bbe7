
    
    



select segment
from "warehouse"."segments"."segment_members"
where segment is null


