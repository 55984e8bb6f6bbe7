with possible_matches as (
    select c.*
    from {{ ref('int_match_candidates') }} as c
    left join {{ ref('int_match_contradictions') }} as x on c.contact_id_a = x.contact_id_a and c.contact_id_b = x.contact_id_b
    where x.contact_id_a is null
),

decisions as (
    select * from {{ ref('int_match_decisions') }}
),

final as (
    -- a pair that a person decided on stays when its evidence is gone
    select
        coalesce(m.contact_id_a, d.contact_id_a) as contact_id_a,
        coalesce(m.contact_id_b, d.contact_id_b) as contact_id_b,
        coalesce(m.why, 'decided') as why,
        m.evidence,
        m.probability,
        coalesce(d.decision, 'open') as status,
        d.decided_by,
        d.decided_at
    from possible_matches as m
    full outer join decisions as d on m.contact_id_a = d.contact_id_a and m.contact_id_b = d.contact_id_b
)

select * from final
