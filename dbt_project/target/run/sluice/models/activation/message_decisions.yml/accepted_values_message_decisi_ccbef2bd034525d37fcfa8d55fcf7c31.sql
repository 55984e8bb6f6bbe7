
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    

with all_values as (

    select
        decision as value_field,
        count(*) as n_records

    from "warehouse"."activation"."message_decisions"
    group by decision

)

select *
from all_values
where value_field not in (
    'send','hold','suppress'
)



  
  
      
    ) dbt_internal_test