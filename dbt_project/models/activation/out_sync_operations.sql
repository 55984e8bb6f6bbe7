with written as (
    select * from {{ ref('int_sync_written') }}
),

choose_operations as (
    select
        d.operation_id,
        d.sync,
        s.destination,
        d.sync_key,
        d.operation,
        d.row_hash,
        c.hold_reason,
        d.acknowledged_operation_id,
        d.operation = 'changed' and d.is_same_mapping as may_write_nothing
    from {{ ref('int_sync_differences') }} as d
    inner join {{ ref('int_syncs') }} as s on d.stream_id = s.stream_id
    inner join {{ ref('int_sync_checks') }} as c on d.stream_id = c.stream_id
    where c.problem is null
        and (d.operation <> 'changed' or s.sends_changes)
        and (d.operation <> 'exited' or s.sends_exits)
),

leave_what_writes_nothing as (
    select o.*
    from choose_operations as o
    left join written as now on o.operation_id = now.operation_id and o.may_write_nothing
    left join written as before on o.acknowledged_operation_id = before.operation_id and o.may_write_nothing
    where coalesce(now.fields <> before.fields, true)
),

final as (
    select o.operation_id, o.sync, o.destination, o.sync_key, o.operation, o.row_hash, o.hold_reason, d.state as delivery_state
    from leave_what_writes_nothing as o
    left join {{ ref('int_delivery_states') }} as d on o.operation_id = d.delivery_id
)

select * from final
