
-- Fixture for int_syncs
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast('hubspot' as character varying)
 as "destination", 
    
    cast('mirror' as character varying)
 as "mode"
union all
select 
    
    cast('crm_leads' as character varying)
 as "sync", 
    
    cast('hubspot' as character varying)
 as "destination", 
    
    cast('upsert' as character varying)
 as "mode"