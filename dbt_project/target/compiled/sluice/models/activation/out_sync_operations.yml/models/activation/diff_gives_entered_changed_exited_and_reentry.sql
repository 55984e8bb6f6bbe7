with  __dbt__cte__int_sync_wanted as (

-- Fixture for int_sync_wanted
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(1 as BIGINT)
 as "sync_key", 
    
    cast(11 as BIGINT)
 as "row_hash"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(2 as BIGINT)
 as "sync_key", 
    
    cast(22 as BIGINT)
 as "row_hash"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(3 as BIGINT)
 as "sync_key", 
    
    cast(33 as BIGINT)
 as "row_hash"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(5 as BIGINT)
 as "sync_key", 
    
    cast(55 as BIGINT)
 as "row_hash"
),  __dbt__cte__int_sync_acknowledged as (

-- Fixture for int_sync_acknowledged
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(2 as BIGINT)
 as "sync_key", 
    
    cast('entered' as character varying)
 as "operation", 
    
    cast(22 as BIGINT)
 as "row_hash", 
    
    cast(7 as BIGINT)
 as "receipt_id"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(3 as BIGINT)
 as "sync_key", 
    
    cast('entered' as character varying)
 as "operation", 
    
    cast(30 as BIGINT)
 as "row_hash", 
    
    cast(8 as BIGINT)
 as "receipt_id"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(4 as BIGINT)
 as "sync_key", 
    
    cast('changed' as character varying)
 as "operation", 
    
    cast(44 as BIGINT)
 as "row_hash", 
    
    cast(9 as BIGINT)
 as "receipt_id"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(5 as BIGINT)
 as "sync_key", 
    
    cast('exited' as character varying)
 as "operation", 
    
    cast(55 as BIGINT)
 as "row_hash", 
    
    cast(10 as BIGINT)
 as "receipt_id"
union all
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast(6 as BIGINT)
 as "sync_key", 
    
    cast('exited' as character varying)
 as "operation", 
    
    cast(66 as BIGINT)
 as "row_hash", 
    
    cast(11 as BIGINT)
 as "receipt_id"
union all
select 
    
    cast('crm_leads' as character varying)
 as "sync", 
    
    cast(9 as BIGINT)
 as "sync_key", 
    
    cast('entered' as character varying)
 as "operation", 
    
    cast(99 as BIGINT)
 as "row_hash", 
    
    cast(12 as BIGINT)
 as "receipt_id"
),  __dbt__cte__int_syncs as (

-- Fixture for int_syncs
select 
    
    cast('crm_contacts' as character varying)
 as "sync", 
    
    cast('hubspot' as character varying)
 as "destination", 
    
    cast('mirror' as character varying)
 as "mode"
union all
select 
    
    cast('crm_leads' as character varying)
 as "sync", 
    
    cast('hubspot' as character varying)
 as "destination", 
    
    cast('upsert' as character varying)
 as "mode"
),  __dbt__cte__int_delivery_states as (

-- Fixture for int_delivery_states
select cast(null as BIGINT) as "delivery_id", cast(null as character varying(256)) as "activation", cast(null as character varying(256)) as "kind", cast(null as character varying(256)) as "state", cast(null as character varying(256)) as "reason", cast(null as TIMESTAMP) as "occurred_at"
    limit 0
), wanted as (
    select * from __dbt__cte__int_sync_wanted
),

acknowledged as (
    select * from __dbt__cte__int_sync_acknowledged
),

compare as (
    select
        coalesce(w.sync, a.sync) as sync,
        coalesce(w.sync_key, a.sync_key) as sync_key,
        case
            when w.sync_key is null then 'exited'
            when a.sync_key is null or a.operation = 'exited' then 'entered'
            else 'changed'
        end as operation,
        coalesce(w.row_hash, a.row_hash) as row_hash,
        coalesce(a.receipt_id, 0) as acknowledged_receipt_id
    from wanted as w
    full outer join acknowledged as a on w.sync = a.sync and w.sync_key = a.sync_key
    where (w.sync_key is null and a.operation <> 'exited')
        or (w.sync_key is not null and (a.sync_key is null or a.operation = 'exited' or w.row_hash <> a.row_hash))
),

identify_operations as (
    select
        cast('0x' || substr(md5(coalesce(cast('sync' as TEXT), '~null~') || '' || coalesce(cast(c.sync as TEXT), '~null~') || '' || coalesce(cast(c.sync_key as TEXT), '~null~') || '' || coalesce(cast(c.operation as TEXT), '~null~') || '' || coalesce(cast(c.row_hash as TEXT), '~null~') || '' || coalesce(cast(c.acknowledged_receipt_id as TEXT), '~null~')), 1, 15) as bigint) as operation_id,
        c.sync,
        s.destination,
        c.sync_key,
        c.operation,
        c.row_hash
    from compare as c
    inner join __dbt__cte__int_syncs as s on c.sync = s.sync
    where s.mode = 'mirror'
        or (s.mode = 'upsert' and c.operation <> 'exited')
        or (s.mode = 'add' and c.operation = 'entered')
),

final as (
    select o.*, d.state as delivery_state
    from identify_operations as o
    left join __dbt__cte__int_delivery_states as d on o.operation_id = d.delivery_id
)

select * from final