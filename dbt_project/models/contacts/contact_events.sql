with events as (
    select * from {{ sluice.events_of_touched(ref('int_events'), ref('contact_identifiers')) }} as v
    where {{ sluice.is_event_known() }}
),

copied as (
    -- collectors deliver at least once: the first copy counts; few events come twice, and only they are ranked
    select event_key from events group by event_key having count(*) > 1
),

rank_copies as (
    select e.*, row_number() over (partition by e.source, e.event_id order by e.recorded_at, e.occurred_at) as copy_rank
    from events as e
    inner join copied as c on e.event_key = c.event_key
    union all
    select e.*, 1 as copy_rank
    from events as e
    left join copied as c on e.event_key = c.event_key
    where c.event_key is null
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
    left join {{ ref('identity_map') }} as m on e.record_key = m.record_key
    left join cookie_owners as c on e.cookie_id = c.cookie_id
    where e.copy_rank = 1
),

final as (
    select
        event_key,
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
