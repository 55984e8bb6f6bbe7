
    
    



select event_type
from "warehouse"."staging"."stg_wechat__events"
where event_type is null


