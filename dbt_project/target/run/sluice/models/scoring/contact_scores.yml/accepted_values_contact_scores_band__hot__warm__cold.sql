
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    

with all_values as (

    select
        band as value_field,
        count(*) as n_records

    from "warehouse"."scoring"."contact_scores"
    group by band

)

select *
from all_values
where value_field not in (
    'hot','warm','cold'
)



  
  
      
    ) dbt_internal_test