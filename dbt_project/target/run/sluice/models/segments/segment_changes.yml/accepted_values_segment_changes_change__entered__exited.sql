
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    

with all_values as (

    select
        change as value_field,
        count(*) as n_records

    from "warehouse"."segments"."segment_changes"
    group by change

)

select *
from all_values
where value_field not in (
    'entered','exited'
)



  
  
      
    ) dbt_internal_test