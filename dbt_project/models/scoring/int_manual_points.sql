with adjustments as (
    {{ sluice.seed_rows('score_adjustments') }}
),

past_actions as (
    {{ sluice.past_journey_actions() }}
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
union all
select
    contact_id,
    subject as score_model,
    'journey_' || journey || '_' || node as rule,
    'manual' as kind,
    cast(sum(points) as integer) as points,
    cast(count(*) as integer) as occurrences,
    max(acted_at) as last_at,
    'journey ' || journey as reason_en,
    '旅程 ' || journey as reason_zh
from past_actions
where action = 'points'
group by contact_id, subject, journey, node
