
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select purpose
from "warehouse"."contacts"."contact_consents"
where purpose is null



  
  
      
    ) dbt_internal_test