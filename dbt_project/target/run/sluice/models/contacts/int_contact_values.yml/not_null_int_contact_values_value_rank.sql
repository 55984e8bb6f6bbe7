
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select value_rank
from "warehouse"."contacts"."int_contact_values"
where value_rank is null



  
  
      
    ) dbt_internal_test