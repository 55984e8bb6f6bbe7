
    
    



select record_id
from "warehouse"."staging"."stg_consent__consents"
where record_id is null


