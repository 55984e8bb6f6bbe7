
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  
    
    

select
    sync as unique_field,
    count(*) as n_records

from "warehouse"."activation"."int_syncs"
where sync is not null
group by sync
having count(*) > 1



  
  
      
    ) dbt_internal_test