
    
    



select stated_at
from "warehouse"."staging"."stg_wechat__consents"
where stated_at is null


