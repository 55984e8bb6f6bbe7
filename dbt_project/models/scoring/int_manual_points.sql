with adjustments as (
    {{ sluice.seed_rows('score_adjustments') }}
)

select
    m.contact_id,
    a.score_model,
    'by_hand_' || a.adjustment_id as rule,
    'manual' as kind,
    a.points,
    1 as occurrences,
    a.valid_from as last_at,
    a.reason_en,
    a.reason_zh
from adjustments as a
inner join {{ ref('identity_map') }} as m on {{ sluice.source_key('a.source') }} = {{ sluice.source_key('m.source') }} and a.record_id = m.record_id
where a.valid_from <= {{ sluice.as_of() }} and (a.valid_until is null or a.valid_until > {{ sluice.as_of() }})
