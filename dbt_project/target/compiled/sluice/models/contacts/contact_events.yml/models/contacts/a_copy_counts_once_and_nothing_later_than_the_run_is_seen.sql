with  __dbt__cte__int_events as (

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
),  __dbt__cte__contact_identifiers as (

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
),  __dbt__cte__identity_map as (

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
), events as (
    select * from __dbt__cte__int_events
),

rank_copies as (
    -- collectors deliver at least once: the first copy counts
    select *, row_number() over (partition by source, event_id order by recorded_at, occurred_at) as copy_rank
    from events
    where recorded_at <= cast('2026-06-29 13:00:00' as timestamp) and occurred_at <= cast('2026-06-29 13:00:00' as timestamp)
),

cookie_owners as (
    select identifier_value as cookie_id, min(contact_id) as contact_id
    from __dbt__cte__contact_identifiers
    where identifier_type = 'cookie'
    group by identifier_value
    having count(*) = 1
),

resolve_contacts as (
    select e.*, coalesce(m.contact_id, c.contact_id) as contact_id
    from rank_copies as e
    left join __dbt__cte__identity_map as m on e.record_source = m.source and e.record_id = m.record_id
    left join cookie_owners as c on e.cookie_id = c.cookie_id
    where e.copy_rank = 1
),

final as (
    select
        cast('0x' || substr(md5(coalesce(cast(source as TEXT), '~null~') || '' || coalesce(cast(event_id as TEXT), '~null~')), 1, 15) as bigint) as event_key,
        contact_id,
        source,
        event_id,
        event_type,
        occurred_at,
        recorded_at,
        subject,
        amount,
        currency,
        is_machine
    from resolve_contacts
    where contact_id is not null
)

select * from final