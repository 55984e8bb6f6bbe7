
    
    



select record_id
from "warehouse"."staging"."stg_email__consents"
where record_id is null


