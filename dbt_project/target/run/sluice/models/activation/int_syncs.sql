
    

    create  table
      "warehouse"."activation"."int_syncs__dbt_tmp"
  
    
    as (
      with syncs as (
    
    
    select 'crm_contacts' as sync, 'hubspot' as destination, 'mirror' as mode
    
    
)

select * from syncs
    );
    
  