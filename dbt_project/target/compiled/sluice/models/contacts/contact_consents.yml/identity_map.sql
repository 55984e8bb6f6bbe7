
-- Fixture for identity_map
select 
    
    cast('crm' as character varying)
 as "source", 
    
    cast('C1' as character varying)
 as "record_id", cast(null as BIGINT) as "record_key", 
    
    cast(1 as BIGINT)
 as "contact_id"
union all
select 
    
    cast('webform' as character varying)
 as "source", 
    
    cast('F1' as character varying)
 as "record_id", cast(null as BIGINT) as "record_key", 
    
    cast(1 as BIGINT)
 as "contact_id"
union all
select 
    
    cast('shop' as character varying)
 as "source", 
    
    cast('B1' as character varying)
 as "record_id", cast(null as BIGINT) as "record_key", 
    
    cast(1 as BIGINT)
 as "contact_id"
union all
select 
    
    cast('crm' as character varying)
 as "source", 
    
    cast('C2' as character varying)
 as "record_id", cast(null as BIGINT) as "record_key", 
    
    cast(2 as BIGINT)
 as "contact_id"
union all
select 
    
    cast('crm' as character varying)
 as "source", 
    
    cast('C3' as character varying)
 as "record_id", cast(null as BIGINT) as "record_key", 
    
    cast(3 as BIGINT)
 as "contact_id"