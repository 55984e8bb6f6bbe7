
    
    



select record_id
from "warehouse"."staging"."stg_online_retail__contacts"
where record_id is null


