
    
    



select status
from "warehouse"."staging"."stg_email__consents"
where status is null


