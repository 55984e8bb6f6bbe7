
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
select record_key, identifier_type, identifier_value, count(*) as copies
from "warehouse"."identity"."int_record_identifiers"
group by record_key, identifier_type, identifier_value
having count(*) > 1

  
  
      
    ) dbt_internal_test