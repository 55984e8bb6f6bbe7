
    

    create  table
      "warehouse"."contacts"."contact_events__dbt_tmp"
  
    
    as (
      with events as (
    select * from "warehouse"."contacts"."int_events"
),

rank_copies as (
    -- collectors deliver at least once: the first copy counts
    select *, row_number() over (partition by source, event_id order by recorded_at, occurred_at) as copy_rank
    from events
    where recorded_at <= cast('2026-11-24 16:16:15' as timestamp) and occurred_at <= cast('2026-11-24 16:16:15' as timestamp)
),

cookie_owners as (
    select identifier_value as cookie_id, min(contact_id) as contact_id
    from "warehouse"."contacts"."contact_identifiers"
    where identifier_type = 'cookie'
    group by identifier_value
    having count(*) = 1
),

resolve_contacts as (
    select e.*, coalesce(m.contact_id, c.contact_id) as contact_id
    from rank_copies as e
    left join "warehouse"."identity"."identity_map" as m on e.record_source = m.source and e.record_id = m.record_id
    left join cookie_owners as c on e.cookie_id = c.cookie_id
    where e.copy_rank = 1
),

final as (
    select
        cast('0x' || substr(md5(coalesce(cast(source as TEXT), '~null~') || '' || coalesce(cast(event_id as TEXT), '~null~')), 1, 15) as bigint) as event_key,
        contact_id,
        source,
        event_id,
        event_type,
        occurred_at,
        recorded_at,
        subject,
        amount,
        currency,
        is_machine
    from resolve_contacts
    where contact_id is not null
)

select * from final
    );
    
  