
    -- Build actual result given inputs
with dbt_internal_unit_test_actual as (
  select
    "sync_key","operation","row_hash","receipt_id", 'actual' as "actual_or_expected"
  from (
    with  __dbt__cte__ledger__receipts as (

-- Fixture for receipts
select 
    
    cast(1 as BIGINT)
 as "receipt_id", cast(null as BIGINT) as "delivery_id", cast(null as character varying(256)) as "run_id", cast(null as TIMESTAMP) as "as_of", 
    
    cast('sync' as character varying)
 as "kind", 
    
    cast('crm_contacts' as character varying)
 as "activation", cast(null as character varying(256)) as "destination", 
    
    cast(1 as BIGINT)
 as "subject_id", 
    
    cast('entered' as character varying)
 as "operation", 
    
    cast(10 as BIGINT)
 as "row_hash", 
    
    cast('accepted' as character varying)
 as "state", cast(null as character varying(256)) as "reason", cast(null as character varying(256)) as "vendor_id", cast(null as TIMESTAMP) as "occurred_at"
union all
select 
    
    cast(2 as BIGINT)
 as "receipt_id", cast(null as BIGINT) as "delivery_id", cast(null as character varying(256)) as "run_id", cast(null as TIMESTAMP) as "as_of", 
    
    cast('sync' as character varying)
 as "kind", 
    
    cast('crm_contacts' as character varying)
 as "activation", cast(null as character varying(256)) as "destination", 
    
    cast(1 as BIGINT)
 as "subject_id", 
    
    cast('changed' as character varying)
 as "operation", 
    
    cast(11 as BIGINT)
 as "row_hash", 
    
    cast('failed' as character varying)
 as "state", cast(null as character varying(256)) as "reason", cast(null as character varying(256)) as "vendor_id", cast(null as TIMESTAMP) as "occurred_at"
union all
select 
    
    cast(3 as BIGINT)
 as "receipt_id", cast(null as BIGINT) as "delivery_id", cast(null as character varying(256)) as "run_id", cast(null as TIMESTAMP) as "as_of", 
    
    cast('sync' as character varying)
 as "kind", 
    
    cast('crm_contacts' as character varying)
 as "activation", cast(null as character varying(256)) as "destination", 
    
    cast(2 as BIGINT)
 as "subject_id", 
    
    cast('entered' as character varying)
 as "operation", 
    
    cast(20 as BIGINT)
 as "row_hash", 
    
    cast('unknown' as character varying)
 as "state", cast(null as character varying(256)) as "reason", cast(null as character varying(256)) as "vendor_id", cast(null as TIMESTAMP) as "occurred_at"
union all
select 
    
    cast(4 as BIGINT)
 as "receipt_id", cast(null as BIGINT) as "delivery_id", cast(null as character varying(256)) as "run_id", cast(null as TIMESTAMP) as "as_of", 
    
    cast('message' as character varying)
 as "kind", 
    
    cast('welcome' as character varying)
 as "activation", cast(null as character varying(256)) as "destination", 
    
    cast(3 as BIGINT)
 as "subject_id", 
    
    cast('send' as character varying)
 as "operation", 
    
    cast(null as BIGINT)
 as "row_hash", 
    
    cast('accepted' as character varying)
 as "state", cast(null as character varying(256)) as "reason", cast(null as character varying(256)) as "vendor_id", cast(null as TIMESTAMP) as "occurred_at"
union all
select 
    
    cast(5 as BIGINT)
 as "receipt_id", cast(null as BIGINT) as "delivery_id", cast(null as character varying(256)) as "run_id", cast(null as TIMESTAMP) as "as_of", 
    
    cast('sync' as character varying)
 as "kind", 
    
    cast('crm_contacts' as character varying)
 as "activation", cast(null as character varying(256)) as "destination", 
    
    cast(4 as BIGINT)
 as "subject_id", 
    
    cast('entered' as character varying)
 as "operation", 
    
    cast(40 as BIGINT)
 as "row_hash", 
    
    cast('accepted' as character varying)
 as "state", cast(null as character varying(256)) as "reason", cast(null as character varying(256)) as "vendor_id", cast(null as TIMESTAMP) as "occurred_at"
union all
select 
    
    cast(6 as BIGINT)
 as "receipt_id", cast(null as BIGINT) as "delivery_id", cast(null as character varying(256)) as "run_id", cast(null as TIMESTAMP) as "as_of", 
    
    cast('sync' as character varying)
 as "kind", 
    
    cast('crm_contacts' as character varying)
 as "activation", cast(null as character varying(256)) as "destination", 
    
    cast(4 as BIGINT)
 as "subject_id", 
    
    cast('exited' as character varying)
 as "operation", 
    
    cast(40 as BIGINT)
 as "row_hash", 
    
    cast('accepted' as character varying)
 as "state", cast(null as character varying(256)) as "reason", cast(null as character varying(256)) as "vendor_id", cast(null as TIMESTAMP) as "occurred_at"
), rank_receipts as (
    select *, row_number() over (partition by activation, subject_id order by receipt_id desc) as receipt_rank
    from __dbt__cte__ledger__receipts
    where kind = 'sync' and state = 'accepted'
),

final as (
    select activation as sync, subject_id as sync_key, operation, row_hash, receipt_id
    from rank_receipts
    where receipt_rank = 1
)

select * from final
  ) _dbt_internal_unit_test_actual
),
-- Build expected result
dbt_internal_unit_test_expected as (
  select
    "sync_key", "operation", "row_hash", "receipt_id", 'expected' as "actual_or_expected"
  from (
    select 
    
    cast(1 as BIGINT)
 as "sync_key", 
    
    cast('entered' as character varying)
 as "operation", 
    
    cast(10 as BIGINT)
 as "row_hash", 
    
    cast(1 as BIGINT)
 as "receipt_id"
union all
select 
    
    cast(4 as BIGINT)
 as "sync_key", 
    
    cast('exited' as character varying)
 as "operation", 
    
    cast(40 as BIGINT)
 as "row_hash", 
    
    cast(6 as BIGINT)
 as "receipt_id"
  ) _dbt_internal_unit_test_expected
)
-- Union actual and expected results
select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected