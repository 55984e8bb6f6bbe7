with every_reading as (
    select *, {{ sluice.is_ahead('stated_at', 'landed_at', sluice.last_moment()) }} as is_ahead from {{ ref('int_consent_readings') }}
),

readings as (
    select * from every_reading
    where
        (stated_at is null or stated_at <= {{ sluice.last_moment() }} or is_ahead)
        and (kept_since is null or (issue is not null and kept_since <= {{ sluice.last_moment() }}))
),

people as (
    select k.record_source, k.record_id, k.address_hash, m.contact_id, k.found_by
    from {{ ref('int_consent_matches') }} as k
    inner join {{ ref('identity_map') }} as m on k.record_key = m.record_key
),

read_statements as (
    select p.contact_id, s.channel, s.first_seen_at, coalesce(s.counts_from, s.stated_at, s.first_seen_at) as stated_at
    from {{ ref('int_consent_statements') }} as s
    inner join people as p
        on coalesce(s.record_source, '') = coalesce(p.record_source, '') and coalesce(s.record_id, '') = coalesce(p.record_id, '')
        and coalesce(s.address_hash, '') = coalesce(p.address_hash, '')
    where (s.status <> 'granted' or p.found_by = 'exact') and s.first_seen_at <= {{ sluice.last_moment() }}
),

with_people as (
    select
        r.*,
        p.contact_id,
        case
            when r.issue is not null then r.issue
            when p.contact_id is null or (r.status = 'granted' and p.found_by <> 'exact') then 'matches_nobody'
            when r.is_ahead then 'time_in_future'
            when p.found_by = 'folded' then 'matches_nearly'
        end as found_issue
    from readings as r
    left join people as p
        on coalesce(r.record_source, '') = coalesce(p.record_source, '') and coalesce(r.record_id, '') = coalesce(p.record_id, '')
        and coalesce(r.address_hash, '') = coalesce(p.address_hash, '')
),

corrected as (
    -- what is sent no more holds until the person, or a corrected row, says something on the channel that is understood, of then or later
    select distinct w.row_key, w.contact_id, w.channel
    from with_people as w
    inner join read_statements as s on w.contact_id = s.contact_id and (w.channel is null or w.channel = s.channel)
    where w.kept_since is not null and s.first_seen_at > w.kept_since and (w.stated_at is null or s.stated_at >= w.stated_at)
),

final as (
    select
        w.row_key,
        w.stated_in,
        w.record_source,
        w.record_id,
        min(case when w.found_issue <> 'matches_nobody' then w.contact_id end) as contact_id,
        w.channel,
        w.found_issue as issue,
        w.found_issue in ('status_not_understood', 'channel_not_understood', 'purpose_not_understood') as is_holding,
        w.stated_at,
        w.channel_as_written,
        w.status_as_written,
        w.purpose_as_written
    from with_people as w
    left join corrected as c on w.row_key = c.row_key and w.contact_id = c.contact_id and coalesce(w.channel, '') = coalesce(c.channel, '')
    where w.found_issue is not null and c.row_key is null
    group by
        w.row_key, w.stated_in, w.record_source, w.record_id, w.channel, w.found_issue, w.stated_at, w.channel_as_written, w.status_as_written,
        w.purpose_as_written
    union all
    select
        {{ sluice.hash_bigint(['stated_in', 'table_name', 'row_number', 'contact_id']) }} as row_key,
        stated_in,
        table_name as record_source,
        'row ' || cast(row_number as {{ dbt.type_string() }}) as record_id,
        contact_id,
        cast(null as {{ dbt.type_string() }}) as channel,
        'deletion_not_read' as issue,
        true as is_holding,
        cast(null as timestamp) as stated_at,
        cast(null as {{ dbt.type_string() }}) as channel_as_written,
        cast(null as {{ dbt.type_string() }}) as status_as_written,
        cast(null as {{ dbt.type_string() }}) as purpose_as_written
    from {{ ref('int_deletions_in_doubt') }}
)

select * from final
