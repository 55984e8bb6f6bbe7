
    
    



select contact_id
from "warehouse"."activation"."sync_crm_contacts"
where contact_id is null


