with syncs as (
    
    
    select 'crm_contacts' as sync, 'hubspot' as destination, 'mirror' as mode
    
    
)

select * from syncs