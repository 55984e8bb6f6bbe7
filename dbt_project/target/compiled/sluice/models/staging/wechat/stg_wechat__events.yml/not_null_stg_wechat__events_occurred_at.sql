
    
    



select occurred_at
from "warehouse"."staging"."stg_wechat__events"
where occurred_at is null


