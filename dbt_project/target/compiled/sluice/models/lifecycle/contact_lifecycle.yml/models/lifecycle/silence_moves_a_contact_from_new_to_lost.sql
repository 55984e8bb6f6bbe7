with  __dbt__cte__contact_activity as (

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
), measure_silence as (
    select
        contact_id,
        last_active_at,
        cast(cast(cast('2026-06-29 13:00:00' as timestamp) as date) - cast(coalesce(first_event_at, last_active_at) as date) as integer) as days_known,
        cast(cast(cast('2026-06-29 13:00:00' as timestamp) as date) - cast(last_active_at as date) as integer) as days_silent
    from __dbt__cte__contact_activity
),

final as (
    select
        contact_id,
        case
            when days_silent >= 180 then 'lost'
            when days_silent >= 90 then 'dormant'
            when days_known < 30 then 'new'
            else 'active'
        end as stage,
        last_active_at,
        days_silent,
        'no activity for ' || cast(days_silent as TEXT) || ' days, known for '
            || cast(days_known as TEXT) as reason
    from measure_silence
)

select * from final