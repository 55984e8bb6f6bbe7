
    
    



select created_at
from "warehouse"."staging"."stg_crm__contacts"
where created_at is null


