
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
select contact_id, identifier_type, identifier_value, count(*) as copies
from "warehouse"."contacts"."contact_identifiers"
group by contact_id, identifier_type, identifier_value
having count(*) > 1

  
  
      
    ) dbt_internal_test