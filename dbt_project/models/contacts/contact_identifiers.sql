with identifiers as (
    -- an address that is its mailbox stands here once, as that
    select *
    from {{ ref('int_record_identifiers') }}
    where identifier_type <> 'email_address' or identifier_value <> {{ sluice.email_mailbox('identifier_value') }}
),

identity_map as (
    select * from {{ ref('identity_map') }}
),

final as (
    select
        m.contact_id,
        i.identifier_type,
        i.identifier_value,
        min(q.quality) as quality,
        min(q.quality_reason) as quality_reason,
        count(*) as record_count,
        min(i.created_at) as first_seen_at,
        max(i.updated_at) as last_seen_at
    from identifiers as i
    inner join identity_map as m on i.record_key = m.record_key
    inner join {{ ref('int_identifier_quality') }} as q on i.identifier_key = q.identifier_key
    group by m.contact_id, i.identifier_type, i.identifier_value
)

select * from final
