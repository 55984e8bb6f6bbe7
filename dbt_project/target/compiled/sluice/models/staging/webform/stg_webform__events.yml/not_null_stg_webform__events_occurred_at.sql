
    
    



select occurred_at
from "warehouse"."staging"."stg_webform__events"
where occurred_at is null


