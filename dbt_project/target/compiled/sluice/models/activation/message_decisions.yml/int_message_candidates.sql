
-- Fixture for int_message_candidates
select 
    
    cast(1 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(1 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(2 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(2 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(3 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(3 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(4 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(4 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(5 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(5 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(6 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(6 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(7 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(7 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(8 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(8 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(9 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('transactional' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(4 as BIGINT)
 as "contact_id", 
    
    cast('order' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(10 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(10 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(11 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(11 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"