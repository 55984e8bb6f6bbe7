with readings as (
    select * from {{ ref('int_consent_readings') }}
),

records as (
    select contact_id, {{ sluice.source_key('source') }} as record_source, {{ sluice.trim_text('record_id') }} as record_id
    from {{ ref('identity_map') }}
),

final as (
    select
        r.row_key,
        r.stated_in,
        r.record_source,
        r.record_id,
        min(m.contact_id) as contact_id,
        r.channel,
        coalesce(r.issue, 'matches_nobody') as issue,
        coalesce(r.issue, 'matches_nobody') not in ('matches_nobody', 'time_not_known') as is_holding,
        r.stated_at,
        r.channel_as_written,
        r.status_as_written,
        r.purpose_as_written
    from readings as r
    left join records as m on r.record_source = m.record_source and r.record_id = m.record_id
    where (r.issue is not null or m.contact_id is null) and (r.stated_at is null or r.stated_at <= {{ sluice.as_of() }})
    group by
        r.row_key, r.stated_in, r.record_source, r.record_id, r.channel, r.issue, r.stated_at, r.channel_as_written, r.status_as_written,
        r.purpose_as_written
)

select * from final
