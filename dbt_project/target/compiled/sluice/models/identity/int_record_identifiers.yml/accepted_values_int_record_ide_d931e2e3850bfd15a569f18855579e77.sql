
    
    

with all_values as (

    select
        quality as value_field,
        count(*) as n_records

    from "warehouse"."identity"."int_record_identifiers"
    group by quality

)

select *
from all_values
where value_field not in (
    'own','role','fake','shared'
)


