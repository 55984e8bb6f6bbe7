
-- Fixture for int_consent_statements
select 
    
    cast('crm' as character varying)
 as "record_source", 
    
    cast('C1' as character varying)
 as "record_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('withdrawn' as character varying)
 as "status", 
    
    cast('2026-02-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"
union all
select 
    
    cast('webform' as character varying)
 as "record_source", 
    
    cast('F1' as character varying)
 as "record_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", 
    
    cast('2026-03-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"
union all
select 
    
    cast('shop' as character varying)
 as "record_source", 
    
    cast('B1' as character varying)
 as "record_id", 
    
    cast('sms' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", 
    
    cast('2026-03-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"
union all
select 
    
    cast('crm' as character varying)
 as "record_source", 
    
    cast('C2' as character varying)
 as "record_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", 
    
    cast('2026-02-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"
union all
select 
    
    cast('crm' as character varying)
 as "record_source", 
    
    cast('C2' as character varying)
 as "record_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('denied' as character varying)
 as "status", 
    
    cast('2026-03-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"
union all
select 
    
    cast('crm' as character varying)
 as "record_source", 
    
    cast('C3' as character varying)
 as "record_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", 
    
    cast('2026-03-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"
union all
select 
    
    cast('crm' as character varying)
 as "record_source", 
    
    cast('C3' as character varying)
 as "record_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('withdrawn' as character varying)
 as "status", 
    
    cast('2026-07-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"