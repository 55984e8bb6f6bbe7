
-- Fixture for contact_consents
select 
    
    cast(1 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(2 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(4 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('withdrawn' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(5 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(6 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(7 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(8 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(10 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(11 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"