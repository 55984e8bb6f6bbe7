
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select activation
from "warehouse"."reports"."rpt_activation_results"
where activation is null



  
  
      
    ) dbt_internal_test