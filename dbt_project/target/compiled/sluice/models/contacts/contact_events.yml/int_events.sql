
-- Fixture for int_events
select 
    
    cast('web' as character varying)
 as "source", 
    
    cast('w1' as character varying)
 as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-29 10:00:00' as TIMESTAMP)
 as "occurred_at", 
    
    cast('2026-06-29 10:00:01' as TIMESTAMP)
 as "recorded_at", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id", 
    
    cast('ck1' as character varying)
 as "cookie_id", cast(null as character varying(256)) as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select 
    
    cast('web' as character varying)
 as "source", 
    
    cast('w1' as character varying)
 as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-29 10:00:00' as TIMESTAMP)
 as "occurred_at", 
    
    cast('2026-06-29 10:00:09' as TIMESTAMP)
 as "recorded_at", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id", 
    
    cast('ck1' as character varying)
 as "cookie_id", cast(null as character varying(256)) as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select 
    
    cast('web' as character varying)
 as "source", 
    
    cast('w2' as character varying)
 as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-29 10:00:00' as TIMESTAMP)
 as "occurred_at", 
    
    cast('2026-06-30 10:00:00' as TIMESTAMP)
 as "recorded_at", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id", 
    
    cast('ck1' as character varying)
 as "cookie_id", cast(null as character varying(256)) as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select 
    
    cast('web' as character varying)
 as "source", 
    
    cast('w3' as character varying)
 as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-29 10:00:00' as TIMESTAMP)
 as "occurred_at", 
    
    cast('2026-06-29 10:00:01' as TIMESTAMP)
 as "recorded_at", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id", 
    
    cast('ck2' as character varying)
 as "cookie_id", cast(null as character varying(256)) as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select 
    
    cast('web' as character varying)
 as "source", 
    
    cast('w4' as character varying)
 as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-29 10:00:00' as TIMESTAMP)
 as "occurred_at", 
    
    cast('2026-06-29 10:00:01' as TIMESTAMP)
 as "recorded_at", 
    
    cast('shop' as character varying)
 as "record_source", 
    
    cast('B1' as character varying)
 as "record_id", 
    
    cast('ck9' as character varying)
 as "cookie_id", cast(null as character varying(256)) as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"