
-- Fixture for contact_identifiers
select 
    
    cast(10 as BIGINT)
 as "contact_id", 
    
    cast('cookie' as character varying)
 as "identifier_type", 
    
    cast('ck1' as character varying)
 as "identifier_value", cast(null as character varying(256)) as "quality", cast(null as BIGINT) as "record_count", cast(null as TIMESTAMP) as "first_seen_at", cast(null as TIMESTAMP) as "last_seen_at"
union all
select 
    
    cast(10 as BIGINT)
 as "contact_id", 
    
    cast('cookie' as character varying)
 as "identifier_type", 
    
    cast('ck2' as character varying)
 as "identifier_value", cast(null as character varying(256)) as "quality", cast(null as BIGINT) as "record_count", cast(null as TIMESTAMP) as "first_seen_at", cast(null as TIMESTAMP) as "last_seen_at"
union all
select 
    
    cast(20 as BIGINT)
 as "contact_id", 
    
    cast('cookie' as character varying)
 as "identifier_type", 
    
    cast('ck2' as character varying)
 as "identifier_value", cast(null as character varying(256)) as "quality", cast(null as BIGINT) as "record_count", cast(null as TIMESTAMP) as "first_seen_at", cast(null as TIMESTAMP) as "last_seen_at"