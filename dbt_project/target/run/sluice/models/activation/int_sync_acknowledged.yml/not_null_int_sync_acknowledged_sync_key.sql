
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select sync_key
from "warehouse"."activation"."int_sync_acknowledged"
where sync_key is null



  
  
      
    ) dbt_internal_test