
    
    



select created_at
from "warehouse"."staging"."stg_wechat__contacts"
where created_at is null


