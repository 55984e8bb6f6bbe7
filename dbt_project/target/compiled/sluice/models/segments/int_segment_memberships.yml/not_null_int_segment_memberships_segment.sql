
    
    



select segment
from "warehouse"."segments"."int_segment_memberships"
where segment is null


