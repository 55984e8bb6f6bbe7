
    
    



select record_id
from "warehouse"."staging"."stg_wechat__contacts"
where record_id is null


