
    
    



select occurred_at
from "warehouse"."staging"."stg_shop__events"
where occurred_at is null


