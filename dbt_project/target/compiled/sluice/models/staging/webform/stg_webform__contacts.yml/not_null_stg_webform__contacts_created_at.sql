
    
    



select created_at
from "warehouse"."staging"."stg_webform__contacts"
where created_at is null


