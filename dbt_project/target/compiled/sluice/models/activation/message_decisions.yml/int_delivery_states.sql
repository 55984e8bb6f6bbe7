
-- Fixture for int_delivery_states
select 
    
    cast(7 as BIGINT)
 as "delivery_id", cast(null as character varying(256)) as "activation", cast(null as character varying(256)) as "kind", 
    
    cast('accepted' as character varying)
 as "state", cast(null as character varying(256)) as "reason", cast(null as TIMESTAMP) as "occurred_at"
union all
select 
    
    cast(10 as BIGINT)
 as "delivery_id", cast(null as character varying(256)) as "activation", cast(null as character varying(256)) as "kind", 
    
    cast('unknown' as character varying)
 as "state", cast(null as character varying(256)) as "reason", cast(null as TIMESTAMP) as "occurred_at"