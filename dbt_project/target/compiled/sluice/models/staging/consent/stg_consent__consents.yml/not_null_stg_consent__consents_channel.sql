
    
    



select channel
from "warehouse"."staging"."stg_consent__consents"
where channel is null


