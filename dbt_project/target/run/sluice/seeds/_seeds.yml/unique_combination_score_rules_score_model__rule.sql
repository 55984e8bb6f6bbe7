
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
select score_model, rule, count(*) as copies
from "warehouse"."seeds"."score_rules"
group by score_model, rule
having count(*) > 1

  
  
      
    ) dbt_internal_test