
    
    



select record_id
from "warehouse"."staging"."stg_crm__contacts"
where record_id is null


