
-- Fixture for identity_map
select 
    
    cast('shop' as character varying)
 as "source", 
    
    cast('B1' as character varying)
 as "record_id", 
    
    cast(5 as BIGINT)
 as "record_key", 
    
    cast(50 as BIGINT)
 as "contact_id"