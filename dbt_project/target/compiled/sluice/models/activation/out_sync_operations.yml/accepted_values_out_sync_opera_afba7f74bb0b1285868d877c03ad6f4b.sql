
    
    

with all_values as (

    select
        operation as value_field,
        count(*) as n_records

    from "warehouse"."activation"."out_sync_operations"
    group by operation

)

select *
from all_values
where value_field not in (
    'entered','changed','exited'
)


