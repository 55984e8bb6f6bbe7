
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
select segment, contact_id, count(*) as copies
from "warehouse"."segments"."segment_members"
group by segment, contact_id
having count(*) > 1

  
  
      
    ) dbt_internal_test