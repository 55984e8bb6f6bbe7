
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
select sync, sync_key, count(*) as copies
from "warehouse"."activation"."out_sync_operations"
group by sync, sync_key
having count(*) > 1

  
  
      
    ) dbt_internal_test