
    
    



select status
from "warehouse"."staging"."stg_consent__consents"
where status is null


