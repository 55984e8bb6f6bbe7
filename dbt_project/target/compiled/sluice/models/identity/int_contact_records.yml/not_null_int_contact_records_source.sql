
    
    



select source
from "warehouse"."identity"."int_contact_records"
where source is null


