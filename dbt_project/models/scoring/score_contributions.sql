with points as (
    {% for name in sluice.models_in('scoring', prefix='scorecard_') %}
    select * from {{ sluice.of_touched(sluice.model_ref(name)) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select
        contact_id, '' as score_model, '' as rule, '' as kind, 0 as points, 0 as occurrences, created_at as last_at, '' as reason_en,
        '' as reason_zh
    from {{ ref('contact_facts') }}
    where 1 = 0
    {% endfor %}
),

final as (
    select * from points
    union all
    select * from {{ sluice.of_touched(ref('int_manual_points')) }}
)

select * from final
