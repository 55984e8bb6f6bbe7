with wanted as (
    select * from "warehouse"."activation"."int_sync_wanted"
),

acknowledged as (
    select * from "warehouse"."activation"."int_sync_acknowledged"
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
    inner join "warehouse"."activation"."int_syncs" as s on c.sync = s.sync
    where s.mode = 'mirror'
        or (s.mode = 'upsert' and c.operation <> 'exited')
        or (s.mode = 'add' and c.operation = 'entered')
),

final as (
    select o.*, d.state as delivery_state
    from identify_operations as o
    left join "warehouse"."activation"."int_delivery_states" as d on o.operation_id = d.delivery_id
)

select * from final