
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
select source, record_id, count(*) as copies
from "warehouse"."identity"."int_contact_records"
group by source, record_id
having count(*) > 1

  
  
      
    ) dbt_internal_test