
-- Fixture for int_sync_wanted
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(1 as BIGINT)
 as "sync_key", 
    
    cast(11 as BIGINT)
 as "row_hash"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(2 as BIGINT)
 as "sync_key", 
    
    cast(22 as BIGINT)
 as "row_hash"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(3 as BIGINT)
 as "sync_key", 
    
    cast(33 as BIGINT)
 as "row_hash"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(5 as BIGINT)
 as "sync_key", 
    
    cast(55 as BIGINT)
 as "row_hash"