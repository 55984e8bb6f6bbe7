
-- Fixture for contact_events
select cast(null as BIGINT) as "event_key", 
    
    cast(5 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('email_bounced' as character varying)
 as "event_type", 
    
    cast('2026-06-01 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", cast(null as character varying(256)) as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", cast(null as BOOLEAN) as "is_machine"