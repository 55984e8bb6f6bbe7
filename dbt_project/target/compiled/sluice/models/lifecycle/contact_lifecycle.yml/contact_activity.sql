
-- Fixture for contact_activity
select 
    
    cast(1 as BIGINT)
 as "contact_id", cast(null as BIGINT) as "event_count", 
    
    cast('2026-06-20 00:00:00' as TIMESTAMP)
 as "first_event_at", cast(null as TIMESTAMP) as "last_event_at", 
    
    cast('2026-06-28 00:00:00' as TIMESTAMP)
 as "last_active_at", cast(null as BIGINT) as "order_count", cast(null as DOUBLE) as "order_amount", cast(null as TIMESTAMP) as "first_order_at", cast(null as TIMESTAMP) as "last_order_at"
union all
select 
    
    cast(2 as BIGINT)
 as "contact_id", cast(null as BIGINT) as "event_count", 
    
    cast('2026-05-30 00:00:00' as TIMESTAMP)
 as "first_event_at", cast(null as TIMESTAMP) as "last_event_at", 
    
    cast('2026-06-28 00:00:00' as TIMESTAMP)
 as "last_active_at", cast(null as BIGINT) as "order_count", cast(null as DOUBLE) as "order_amount", cast(null as TIMESTAMP) as "first_order_at", cast(null as TIMESTAMP) as "last_order_at"
union all
select 
    
    cast(3 as BIGINT)
 as "contact_id", cast(null as BIGINT) as "event_count", 
    
    cast('2026-01-01 00:00:00' as TIMESTAMP)
 as "first_event_at", cast(null as TIMESTAMP) as "last_event_at", 
    
    cast('2026-04-01 00:00:00' as TIMESTAMP)
 as "last_active_at", cast(null as BIGINT) as "order_count", cast(null as DOUBLE) as "order_amount", cast(null as TIMESTAMP) as "first_order_at", cast(null as TIMESTAMP) as "last_order_at"
union all
select 
    
    cast(4 as BIGINT)
 as "contact_id", cast(null as BIGINT) as "event_count", 
    
    cast('2026-01-01 00:00:00' as TIMESTAMP)
 as "first_event_at", cast(null as TIMESTAMP) as "last_event_at", 
    
    cast('2026-03-31 00:00:00' as TIMESTAMP)
 as "last_active_at", cast(null as BIGINT) as "order_count", cast(null as DOUBLE) as "order_amount", cast(null as TIMESTAMP) as "first_order_at", cast(null as TIMESTAMP) as "last_order_at"
union all
select 
    
    cast(5 as BIGINT)
 as "contact_id", cast(null as BIGINT) as "event_count", 
    
    cast('2025-01-01 00:00:00' as TIMESTAMP)
 as "first_event_at", cast(null as TIMESTAMP) as "last_event_at", 
    
    cast('2025-12-31 00:00:00' as TIMESTAMP)
 as "last_active_at", cast(null as BIGINT) as "order_count", cast(null as DOUBLE) as "order_amount", cast(null as TIMESTAMP) as "first_order_at", cast(null as TIMESTAMP) as "last_order_at"
union all
select 
    
    cast(6 as BIGINT)
 as "contact_id", cast(null as BIGINT) as "event_count", 
    
    cast(null as TIMESTAMP)
 as "first_event_at", cast(null as TIMESTAMP) as "last_event_at", 
    
    cast('2026-06-29 00:00:00' as TIMESTAMP)
 as "last_active_at", cast(null as BIGINT) as "order_count", cast(null as DOUBLE) as "order_amount", cast(null as TIMESTAMP) as "first_order_at", cast(null as TIMESTAMP) as "last_order_at"