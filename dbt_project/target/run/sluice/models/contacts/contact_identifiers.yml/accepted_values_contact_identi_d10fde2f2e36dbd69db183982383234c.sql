
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    

with all_values as (

    select
        quality as value_field,
        count(*) as n_records

    from "warehouse"."contacts"."contact_identifiers"
    group by quality

)

select *
from all_values
where value_field not in (
    'own','role','fake','shared'
)



  
  
      
    ) dbt_internal_test