
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select node_id
from "warehouse"."identity"."int_identity_components"
where node_id is null



  
  
      
    ) dbt_internal_test