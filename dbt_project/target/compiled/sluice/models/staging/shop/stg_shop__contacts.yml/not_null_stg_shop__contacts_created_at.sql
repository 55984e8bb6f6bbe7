
    
    



select created_at
from "warehouse"."staging"."stg_shop__contacts"
where created_at is null


