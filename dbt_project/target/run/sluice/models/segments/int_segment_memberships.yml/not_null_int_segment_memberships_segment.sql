
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select segment
from "warehouse"."segments"."int_segment_memberships"
where segment is null



  
  
      
    ) dbt_internal_test