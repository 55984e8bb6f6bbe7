with conditions as (
    {% for name in sluice.models_in('lifecycle', prefix='stages_') %}
    select * from {{ sluice.of_touched(sluice.model_ref(name)) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select
        contact_id, '' as lifecycle, '' as stage, 0 as stage_rank, false as can_enter, false as can_stay, 0 as min_days, '' as reason_en,
        '' as reason_zh
    from {{ ref('contact_facts') }}
    where 1 = 0
    {% endfor %}
)

select * from conditions
