
-- Fixture for contact_events
select cast(null as BIGINT) as "event_key", 
    
    cast(1 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-20 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/pricing' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(1 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-21 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/pricing' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(2 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-20 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/pricing' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(2 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-21 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/pricing' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(True as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(3 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-05-20 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/pricing' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(3 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-05-30 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/pricing' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(4 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-20 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/blog' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"
union all
select cast(null as BIGINT) as "event_key", 
    
    cast(4 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('2026-06-21 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", 
    
    cast('/blog' as character varying)
 as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", 
    
    cast(False as BOOLEAN)
 as "is_machine"