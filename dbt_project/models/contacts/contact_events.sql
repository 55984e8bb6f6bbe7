with events as (
    select * from {{ sluice.events_of_touched(ref('int_events'), ref('contact_identifiers')) }} as v
    where recorded_at <= {{ sluice.as_of() }} and occurred_at <= {{ sluice.as_of() }}
),

copied as (
    -- collectors deliver at least once: the first copy counts; few events come twice, and only they are ranked
    select coalesce(source, '') as source, coalesce(event_id, '') as event_id
    from events
    group by coalesce(source, ''), coalesce(event_id, '')
    having count(*) > 1
),

rank_copies as (
    select e.*, row_number() over (partition by e.source, e.event_id order by e.recorded_at, e.occurred_at) as copy_rank
    from events as e
    inner join copied as c on coalesce(e.source, '') = c.source and coalesce(e.event_id, '') = c.event_id
    union all
    select e.*, 1 as copy_rank
    from events as e
    left join copied as c on coalesce(e.source, '') = c.source and coalesce(e.event_id, '') = c.event_id
    where c.event_id is null
),

cookie_owners as (
    select identifier_value as cookie_id, min(contact_id) as contact_id
    from {{ ref('contact_identifiers') }}
    where identifier_type = 'cookie'
    group by identifier_value
    having count(*) = 1
),

resolve_contacts as (
    select e.*, coalesce(e.recipient_id, m.contact_id, c.contact_id) as contact_id
    from rank_copies as e
    left join {{ ref('identity_map') }} as m on e.record_source = m.source and e.record_id = m.record_id
    left join cookie_owners as c on e.cookie_id = c.cookie_id
    where e.copy_rank = 1
),

final as (
    select
        {{ sluice.hash_bigint(['source', 'event_id']) }} as event_key,
        contact_id,
        source,
        event_id,
        event_type,
        occurred_at,
        recorded_at,
        subject,
        amount,
        currency,
        utm_source,
        utm_medium,
        utm_campaign,
        qr_code,
        is_machine,
        delivery_id,
        properties
    from resolve_contacts
    where contact_id is not null
)

select * from final
