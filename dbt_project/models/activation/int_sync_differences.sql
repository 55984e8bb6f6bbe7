with syncs as (
    select s.*
    from {{ ref('int_syncs') }} as s
    inner join {{ ref('int_sync_digests') }} as d on s.stream_id = d.stream_id
    where d.is_different
),

wanted as (
    select * from {{ ref('int_sync_wanted') }} where stream_id in (select stream_id from syncs)
),

acknowledged as (
    select * from {{ ref('int_sync_acknowledged') }} where stream_id in (select stream_id from syncs)
),

compare as (
    select
        coalesce(w.stream_id, a.stream_id) as stream_id,
        coalesce(w.sync_key, a.sync_key) as sync_key,
        w.row_hash as wanted_hash,
        a.row_hash as acknowledged_hash,
        a.operation_id as acknowledged_operation_id
    from wanted as w
    full outer join acknowledged as a on w.stream_id = a.stream_id and w.sync_key = a.sync_key
    where w.row_hash is distinct from a.row_hash
),

name_operations as (
    select
        s.sync,
        c.*,
        c.acknowledged_hash >= s.mapping_base and c.acknowledged_hash - s.mapping_base < {{ sluice.mapping_span() }} as is_same_mapping,
        c.acknowledged_hash >= s.version_base as is_same_version,
        case
            when c.wanted_hash is null then 'exited'
            when c.acknowledged_hash is null then 'entered'
            when s.mode <> 'membership' then 'changed'
            -- somebody else at the destination: the old one leaves now, the new one enters in the next run
            when c.acknowledged_hash >= s.mapping_base and c.acknowledged_hash - s.mapping_base < {{ sluice.mapping_span() }} then 'exited'
            else 'entered'
        end as operation
    from compare as c
    inner join syncs as s on c.stream_id = s.stream_id
),

choose_hashes as (
    select *, case when operation = 'exited' then acknowledged_hash else wanted_hash end as row_hash
    from name_operations
),

final as (
    select
        sync,
        stream_id,
        sync_key,
        wanted_hash is not null as is_wanted,
        operation,
        row_hash,
        acknowledged_hash,
        acknowledged_operation_id,
        coalesce(is_same_mapping, false) as is_same_mapping,
        coalesce(is_same_version and not is_same_mapping, false) as is_unreleased,
        {{ sluice.operation_id('stream_id', 'sync_key', 'row_hash', 'acknowledged_operation_id') }} as operation_id
    from choose_hashes
)

select * from final
