
    
    



select occurred_at
from "warehouse"."staging"."stg_online_retail__events"
where occurred_at is null


