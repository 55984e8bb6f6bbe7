
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
select contact_id, score_model, count(*) as copies
from "warehouse"."scoring"."contact_scores"
group by contact_id, score_model
having count(*) > 1

  
  
      
    ) dbt_internal_test