
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    



select occurrence
from "warehouse"."activation"."campaign_price_page_follow_up"
where occurrence is null



  
  
      
    ) dbt_internal_test