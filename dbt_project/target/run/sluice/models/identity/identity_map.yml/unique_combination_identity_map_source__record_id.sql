
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
select source, record_id, count(*) as copies
from "warehouse"."identity"."identity_map"
group by source, record_id
having count(*) > 1

  
  
      
    ) dbt_internal_test