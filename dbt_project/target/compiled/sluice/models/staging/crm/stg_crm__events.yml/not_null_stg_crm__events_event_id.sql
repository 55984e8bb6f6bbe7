
    
    



select event_id
from "warehouse"."staging"."stg_crm__events"
where event_id is null


