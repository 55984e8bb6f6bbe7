
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
select contact_id, channel, purpose, count(*) as copies
from "warehouse"."contacts"."contact_consents"
group by contact_id, channel, purpose
having count(*) > 1

  
  
      
    ) dbt_internal_test