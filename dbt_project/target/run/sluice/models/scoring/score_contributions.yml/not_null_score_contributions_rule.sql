
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select rule
from "warehouse"."scoring"."score_contributions"
where rule is null



  
  
      
    ) dbt_internal_test