
    
    

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


