with events as (
    select source, event_id, record_source, record_id, record_key, cookie_id, recipient_id, occurred_at
    from {{ ref('int_events') }}
    where {{ sluice.is_event_known() }}
),

cookie_owners as (
    select identifier_value as cookie_id, count(*) as owner_count
    from {{ ref('contact_identifiers') }}
    where identifier_type = 'cookie'
    group by identifier_value
),

unmatched as (
    select
        e.source,
        e.event_id,
        e.occurred_at,
        coalesce(e.record_source, '') as record_source,
        case
            when e.record_id is not null then 'no record with this id'
            when e.cookie_id is null then 'neither a record nor a cookie'
            when o.owner_count > 1 then 'a cookie of several contacts'
            else 'a cookie of nobody known'
        end as reason
    from events as e
    left join {{ ref('identity_map') }} as m on e.record_key = m.record_key
    left join cookie_owners as o on e.cookie_id = o.cookie_id
    where m.contact_id is null and coalesce(o.owner_count, 0) <> 1 and e.recipient_id is null
),

final as (
    select
        source,
        record_source,
        reason,
        reason in ('no record with this id', 'neither a record nor a cookie') as is_fault,
        count(distinct event_id) as event_count,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at
    from unmatched
    group by source, record_source, reason
)

select * from final
