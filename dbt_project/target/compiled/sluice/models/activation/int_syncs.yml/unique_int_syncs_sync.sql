
    
    

select
    sync as unique_field,
    count(*) as n_records

from "warehouse"."activation"."int_syncs"
where sync is not null
group by sync
having count(*) > 1


