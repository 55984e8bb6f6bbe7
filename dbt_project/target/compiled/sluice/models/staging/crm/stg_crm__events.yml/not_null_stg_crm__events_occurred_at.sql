
    
    



select occurred_at
from "warehouse"."staging"."stg_crm__events"
where occurred_at is null


