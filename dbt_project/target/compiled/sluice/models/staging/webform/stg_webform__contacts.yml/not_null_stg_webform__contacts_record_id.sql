
    
    



select record_id
from "warehouse"."staging"."stg_webform__contacts"
where record_id is null


