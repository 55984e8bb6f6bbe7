
    
    



select channel
from "warehouse"."staging"."stg_wechat__consents"
where channel is null


