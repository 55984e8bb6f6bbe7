
    
    

select
    contact_id as unique_field,
    count(*) as n_records

from "warehouse"."scoring"."contact_rfm"
where contact_id is not null
group by contact_id
having count(*) > 1


