
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select sync
from "warehouse"."activation"."out_sync_operations"
where sync is null



  
  
      
    ) dbt_internal_test