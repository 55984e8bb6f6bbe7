with differences as (
    select * from {{ ref('int_sync_differences') }}
),

count_differences as (
    select
        stream_id,
        sum(case when is_wanted and acknowledged_hash is null then 1 else 0 end) as new_rows,
        sum(case when is_wanted then 0 else 1 end) as gone_rows,
        sum(case when is_unreleased then 1 else 0 end) as unreleased_rows
    from differences
    group by stream_id
),

find_repeated as (
    select distinct stream_id
    from (
        select stream_id, sync_key
        from differences
        where is_wanted and acknowledged_hash is null
        group by stream_id, sync_key
        having count(*) > 1
    ) as new_keys
),

final as (
    select
        d.sync,
        d.stream_id,
        case
            when d.key_problem is not null then d.key_problem
            when d.null_keys > 0 then 'null_keys'
            -- acknowledged keys are unique: were more rows found there than are left of them, some wanted key came twice
            when r.stream_id is not null
                or d.wanted_rows - coalesce(c.new_rows, 0) <> d.acknowledged_rows - coalesce(c.gone_rows, 0) then 'duplicate_keys'
        end as problem,
        case when d.is_moved or c.unreleased_rows > 0 then 'migration' end as hold_reason
    from {{ ref('int_sync_digests') }} as d
    left join count_differences as c on d.stream_id = c.stream_id
    left join find_repeated as r on d.stream_id = r.stream_id
)

select * from final
