
    
    

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


