with points as (
    {% for name in models_in('scoring', prefix='scorecard_') %}
    select * from {{ ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select
        contact_id, '' as score_model, '' as rule, '' as kind, 0 as points, 0 as occurrences, created_at as last_at, '' as reason_en,
        '' as reason_zh
    from {{ ref('contact_facts') }}
    where 1 = 0
    {% endfor %}
),

points_by_hand as (
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
    from {{ ref('score_adjustments') }} as a
    inner join {{ ref('identity_map') }} as m on a.source = m.source and a.record_id = m.record_id
    where a.valid_from <= {{ as_of() }} and (a.valid_until is null or a.valid_until > {{ as_of() }})
),

final as (
    select * from points
    union all
    select * from points_by_hand
)

select * from final
