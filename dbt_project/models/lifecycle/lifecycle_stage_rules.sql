with rules as (
    {% for name in models_in('lifecycle', prefix='stages_') %}
    {% do ref(name) %}
    {% for stage in rules_of(name).stages or [] %}
    select
        '{{ name[7:] }}' as lifecycle,
        '{{ stage.stage }}' as stage,
        {{ loop.index }} as stage_rank,
        {{ stage.min_days or 0 }} as min_days,
        {{ text_literal((stage.label or {}).en or stage.stage) }} as label_en,
        {{ text_literal((stage.label or {}).zh or stage.stage) }} as label_zh
    union all
    {% endfor %}
    {% endfor %}
    {{ no_rows(['lifecycle', 'stage'], keys=['stage_rank', 'min_days'], more=['label_en', 'label_zh']) }}
)

select * from rules
