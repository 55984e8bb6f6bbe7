
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
select kind, activation, operation, outcome, count(*) as copies
from "warehouse"."reports"."rpt_activation_results"
group by kind, activation, operation, outcome
having count(*) > 1

  
  
      
    ) dbt_internal_test