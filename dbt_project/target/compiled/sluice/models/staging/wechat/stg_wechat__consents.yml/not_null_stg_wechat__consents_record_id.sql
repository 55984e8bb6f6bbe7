
    
    



select record_id
from "warehouse"."staging"."stg_wechat__consents"
where record_id is null


