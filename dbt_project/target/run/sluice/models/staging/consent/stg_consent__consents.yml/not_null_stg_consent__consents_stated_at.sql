
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select stated_at
from "warehouse"."staging"."stg_consent__consents"
where stated_at is null



  
  
      
    ) dbt_internal_test