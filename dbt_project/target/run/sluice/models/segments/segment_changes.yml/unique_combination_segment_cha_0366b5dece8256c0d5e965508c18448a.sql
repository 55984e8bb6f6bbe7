
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
select segment, contact_id, changed_at, count(*) as copies
from "warehouse"."segments"."segment_changes"
group by segment, contact_id, changed_at
having count(*) > 1

  
  
      
    ) dbt_internal_test