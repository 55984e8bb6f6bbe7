with rules as (
    {% for name in sluice.models_in('lifecycle', prefix='stages_') %}
    {% do sluice.model_ref(name) %}
    {% for stage in sluice.rules_of(name).stages or [] %}
    select
        '{{ name[7:] }}' as lifecycle,
        '{{ stage.stage }}' as stage,
        {{ loop.index }} as stage_rank,
        {{ stage.min_days or 0 }} as min_days,
        {{ sluice.text_literal((stage.label or {}).en or stage.stage) }} as label_en,
        {{ sluice.text_literal((stage.label or {}).zh or stage.stage) }} as label_zh
    union all
    {% endfor %}
    {% endfor %}
    {{ sluice.no_rows(['lifecycle', 'stage'], keys=['stage_rank', 'min_days'], more=['label_en', 'label_zh']) }}
)

select * from rules
