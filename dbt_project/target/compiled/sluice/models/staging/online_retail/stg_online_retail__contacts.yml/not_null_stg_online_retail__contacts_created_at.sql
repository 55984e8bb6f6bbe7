
    
    



select created_at
from "warehouse"."staging"."stg_online_retail__contacts"
where created_at is null


