with statements as (
    select * from "warehouse"."contacts"."int_consent_statements"
),

resolve_contacts as (
    select m.contact_id, s.*
    from statements as s
    inner join "warehouse"."identity"."identity_map" as m on s.record_source = m.source and s.record_id = m.record_id
    where s.stated_at <= cast('2026-11-24 16:16:15' as timestamp)
),

rank_statements as (
    -- at the same moment the stricter statement wins
    select
        *,
        row_number() over (
            partition by contact_id, channel, purpose
            order by
                case when status = 'withdrawn' then 0 else 1 end asc,
                stated_at desc, case status when 'withdrawn' then 0 when 'denied' then 1 else 2 end asc, record_source asc, record_id asc
        ) as statement_rank
    from resolve_contacts
),

final as (
    select contact_id, channel, purpose, status, stated_at, proof, record_source, record_id
    from rank_statements
    where statement_rank = 1
)

select * from final