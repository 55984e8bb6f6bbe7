
-- Fixture for int_delivery_states
select cast(null as BIGINT) as "delivery_id", cast(null as character varying(256)) as "activation", cast(null as character varying(256)) as "kind", cast(null as character varying(256)) as "state", cast(null as character varying(256)) as "reason", cast(null as TIMESTAMP) as "occurred_at"
    limit 0