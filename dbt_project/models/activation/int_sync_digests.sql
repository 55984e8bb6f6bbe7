with syncs as (
    select * from {{ ref('int_syncs') }}
),

acknowledged as (
    select * from {{ ref('int_sync_acknowledged') }}
),

digest_wanted as (
    select
        stream_id,
        count(*) as row_count,
        count(*) - count(sync_key) as null_keys,
        {{ hash_sum('row_hash') }} as hash_sum,
        {{ hash_xor('row_hash') }} as hash_xor
    from {{ ref('int_sync_wanted') }}
    group by stream_id
),

digest_acknowledged as (
    select
        stream_id,
        count(*) as row_count,
        {{ hash_sum('row_hash') }} as hash_sum,
        {{ hash_xor('row_hash') }} as hash_xor,
        max(row_hash) as last_hash,
        max(receipt_id) as receipt_id
    from acknowledged
    where not is_gone
    group by stream_id
),

find_moved as (
    -- the names by one receipt: a minimum of texts over all rows would take longer than the rest
    select distinct s.sync
    from digest_acknowledged as d
    inner join acknowledged as a on d.receipt_id = a.receipt_id and d.stream_id = a.stream_id
    inner join syncs as s on a.sync = s.sync
    where d.stream_id <> s.stream_id and d.last_hash >= s.version_base
),

final as (
    select
        s.sync,
        s.stream_id,
        coalesce(w.row_count, 0) as wanted_rows,
        coalesce(w.null_keys, 0) as null_keys,
        coalesce(a.row_count, 0) as acknowledged_rows,
        coalesce(w.row_count, 0) <> coalesce(a.row_count, 0)
        or coalesce(w.hash_sum, 0) <> coalesce(a.hash_sum, 0)
        or coalesce(w.hash_xor, 0) <> coalesce(a.hash_xor, 0) as is_different,
        m.sync is not null as is_moved
    from syncs as s
    left join digest_wanted as w on s.stream_id = w.stream_id
    left join digest_acknowledged as a on s.stream_id = a.stream_id
    left join find_moved as m on s.sync = m.sync
)

select * from final
