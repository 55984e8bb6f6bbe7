
    
    



select source
from "warehouse"."identity"."identity_map"
where source is null


