
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select sync
from "warehouse"."activation"."int_syncs"
where sync is null



  
  
      
    ) dbt_internal_test