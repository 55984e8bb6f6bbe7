
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    

with all_values as (

    select
        stage as value_field,
        count(*) as n_records

    from "warehouse"."lifecycle"."contact_lifecycle"
    group by stage

)

select *
from all_values
where value_field not in (
    'new','active','dormant','lost'
)



  
  
      
    ) dbt_internal_test