
    
    



select status
from "warehouse"."staging"."stg_wechat__consents"
where status is null


