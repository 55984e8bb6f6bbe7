
    
    



select event_id
from "warehouse"."staging"."stg_wechat__events"
where event_id is null


