
    
    

select
    node_id as unique_field,
    count(*) as n_records

from "warehouse"."identity"."int_identity_components"
where node_id is not null
group by node_id
having count(*) > 1


