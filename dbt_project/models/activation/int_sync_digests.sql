with syncs as (
    select * from {{ ref('int_syncs') }}
),

digest_wanted as (
    select
        stream_id,
        count(*) as row_count,
        count(*) - count(sync_key) as null_keys,
        {{ sluice.hash_xor('row_hash') }} as hash_xor
    from {{ ref('int_sync_wanted') }}
    group by stream_id
),

digest_acknowledged as (
    select stream_id, count(row_hash) as row_count, {{ sluice.hash_xor('row_hash') }} as hash_xor
    from {{ ref('int_sync_acknowledged') }}
    group by stream_id
),

find_other_streams as (
    select d.stream_id
    from digest_acknowledged as d
    left join syncs as s on d.stream_id = s.stream_id
    where s.stream_id is null
),

find_moved as (
    select distinct s.sync
    -- not by one CTE for both: the text would then be read of each row
    from {{ ref('int_sync_acknowledged') }} as a
    inner join find_other_streams as o on a.stream_id = o.stream_id
    inner join syncs as s on a.sync = s.sync
    where a.row_hash >= s.version_base
),

final as (
    select
        s.sync,
        s.stream_id,
        coalesce(w.row_count, 0) as wanted_rows,
        coalesce(w.null_keys, 0) as null_keys,
        coalesce(a.row_count, 0) as acknowledged_rows,
        coalesce(w.row_count, 0) <> coalesce(a.row_count, 0) or coalesce(w.hash_xor, 0) <> coalesce(a.hash_xor, 0) as is_different,
        m.sync is not null as is_moved,
        s.key_problem
    from syncs as s
    left join digest_wanted as w on s.stream_id = w.stream_id
    left join digest_acknowledged as a on s.stream_id = a.stream_id
    left join find_moved as m on s.sync = m.sync
)

select * from final
