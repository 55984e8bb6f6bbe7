
    
    



select record_id
from "warehouse"."staging"."stg_shop__contacts"
where record_id is null


