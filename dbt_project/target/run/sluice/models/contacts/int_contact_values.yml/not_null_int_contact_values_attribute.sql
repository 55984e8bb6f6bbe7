
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select attribute
from "warehouse"."contacts"."int_contact_values"
where attribute is null



  
  
      
    ) dbt_internal_test