
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
select contact_id, score_model, rule, count(*) as copies
from "warehouse"."scoring"."score_contributions"
group by contact_id, score_model, rule
having count(*) > 1

  
  
      
    ) dbt_internal_test