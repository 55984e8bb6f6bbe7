
    
    



select channel
from "warehouse"."contacts"."int_consent_statements"
where channel is null


