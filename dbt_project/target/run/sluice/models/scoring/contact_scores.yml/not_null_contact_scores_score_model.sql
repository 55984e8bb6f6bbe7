
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select score_model
from "warehouse"."scoring"."contact_scores"
where score_model is null



  
  
      
    ) dbt_internal_test