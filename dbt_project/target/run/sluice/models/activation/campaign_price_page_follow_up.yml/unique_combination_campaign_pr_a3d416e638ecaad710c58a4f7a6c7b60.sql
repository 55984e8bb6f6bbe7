
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
select contact_id, occurrence, count(*) as copies
from "warehouse"."activation"."campaign_price_page_follow_up"
group by contact_id, occurrence
having count(*) > 1

  
  
      
    ) dbt_internal_test