
    
    



select purpose
from "warehouse"."contacts"."contact_consents"
where purpose is null


