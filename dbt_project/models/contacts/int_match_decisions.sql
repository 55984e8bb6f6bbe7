with decisions as (
    -- as with consent: what holds back counts whenever it was decided, what lets go not before it was
    select *
    from {{ source('ledger', 'match_decisions') }}
    where decision = 'confirmed' or decided_at <= {{ sluice.as_of() }}
),

sides as (
    select decision_id, 'a' as side, contact_id_a as contact_id, decided_at from decisions
    union all
    select decision_id, 'b' as side, contact_id_b as contact_id, decided_at from decisions
),

pairings as (
    select
        record_key,
        contact_id,
        mapped_at,
        lead(mapped_at) over (partition by record_key order by mapped_at, contact_id) as paired_until
    from {{ ref('int_record_contacts') }}
),

decided_records as (
    -- the record that the contact is named after, and those it had when it was decided on: wherever they are now
    select decision_id, side, contact_id as record_key from sides
    union
    select s.decision_id, s.side, p.record_key
    from sides as s
    inner join pairings as p on s.contact_id = p.contact_id
    where p.mapped_at <= s.decided_at and (p.paired_until is null or p.paired_until > s.decided_at)
),

living_contacts as (
    select distinct r.decision_id, r.side, m.contact_id
    from decided_records as r
    inner join {{ ref('identity_map') }} as m on r.record_key = m.record_key
),

pairs as (
    select
        least(a.contact_id, b.contact_id) as contact_id_a,
        greatest(a.contact_id, b.contact_id) as contact_id_b,
        max(a.decision_id) as decision_id
    from living_contacts as a
    inner join living_contacts as b on a.decision_id = b.decision_id and a.side = 'a' and b.side = 'b'
    where a.contact_id <> b.contact_id
    group by least(a.contact_id, b.contact_id), greatest(a.contact_id, b.contact_id)
),

final as (
    select p.contact_id_a, p.contact_id_b, d.decision_id, d.decision, d.decided_by, d.decided_at
    from pairs as p
    inner join decisions as d on p.decision_id = d.decision_id
)

select * from final
