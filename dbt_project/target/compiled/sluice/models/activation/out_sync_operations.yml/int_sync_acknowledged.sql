
-- Fixture for int_sync_acknowledged
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(2 as BIGINT)
 as "sync_key", 
    
    cast('entered' as character varying)
 as "operation", 
    
    cast(22 as BIGINT)
 as "row_hash", 
    
    cast(7 as BIGINT)
 as "receipt_id"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(3 as BIGINT)
 as "sync_key", 
    
    cast('entered' as character varying)
 as "operation", 
    
    cast(30 as BIGINT)
 as "row_hash", 
    
    cast(8 as BIGINT)
 as "receipt_id"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(4 as BIGINT)
 as "sync_key", 
    
    cast('changed' as character varying)
 as "operation", 
    
    cast(44 as BIGINT)
 as "row_hash", 
    
    cast(9 as BIGINT)
 as "receipt_id"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(5 as BIGINT)
 as "sync_key", 
    
    cast('exited' as character varying)
 as "operation", 
    
    cast(55 as BIGINT)
 as "row_hash", 
    
    cast(10 as BIGINT)
 as "receipt_id"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(6 as BIGINT)
 as "sync_key", 
    
    cast('exited' as character varying)
 as "operation", 
    
    cast(66 as BIGINT)
 as "row_hash", 
    
    cast(11 as BIGINT)
 as "receipt_id"
union all
select 
    
    cast('crm_leads' as character varying)
 as "sync", 
    
    cast(9 as BIGINT)
 as "sync_key", 
    
    cast('entered' as character varying)
 as "operation", 
    
    cast(99 as BIGINT)
 as "row_hash", 
    
    cast(12 as BIGINT)
 as "receipt_id"