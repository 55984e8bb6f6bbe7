
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select record_key
from "warehouse"."identity"."int_record_identifiers"
where record_key is null



  
  
      
    ) dbt_internal_test