
    
    



select stated_at
from "warehouse"."staging"."stg_email__consents"
where stated_at is null


