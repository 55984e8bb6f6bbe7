
    
    



select event_type
from "warehouse"."staging"."stg_crm__events"
where event_type is null


