
    
    



select channel
from "warehouse"."contacts"."contact_consents"
where channel is null


