with rules as (
    {% for name in models_in('lifecycle', prefix='stages_') %}
    {% for stage in checked_lifecycle(name[7:]).stages %}
    select
        '{{ name[7:] }}' as lifecycle,
        '{{ stage.stage }}' as stage,
        {{ loop.index }} as stage_rank,
        {{ stage.min_days or 0 }} as min_days,
        {{ text_literal(stage.label.en) }} as label_en,
        {{ text_literal(stage.label.zh) }} as label_zh
    union all
    {% endfor %}
    {% endfor %}
    select '' as lifecycle, '' as stage, 0 as stage_rank, 0 as min_days, '' as label_en, '' as label_zh
)

select * from rules where lifecycle <> ''
