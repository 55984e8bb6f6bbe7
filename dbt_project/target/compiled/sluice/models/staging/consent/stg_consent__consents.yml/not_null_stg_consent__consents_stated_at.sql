
    
    



select stated_at
from "warehouse"."staging"."stg_consent__consents"
where stated_at is null


