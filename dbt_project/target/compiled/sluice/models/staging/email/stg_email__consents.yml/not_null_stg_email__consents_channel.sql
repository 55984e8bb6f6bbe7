
    
    



select channel
from "warehouse"."staging"."stg_email__consents"
where channel is null


