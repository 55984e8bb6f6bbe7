with rules as (
    {% for name in models_in('segments', prefix='seg_') %}
    {% do ref(name) %}
    {% set rule = model_meta(name, 'segment', {}) %}
    select
        '{{ name[4:] }}' as segment,
        {{ text_literal((rule.label or {}).en or name[4:]) }} as label_en,
        {{ text_literal((rule.label or {}).zh or name[4:]) }} as label_zh,
        {{ text_literal(rule.owner) }} as owner,
        {{ text_literal(rule.group) }} as priority_group,
        {{ rule.priority if rule.priority is integer else 100 }} as priority,
        cast({{ holdout_of(rule) }} as double precision) as holdout_share
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ no_rows(['segment', 'label_en', 'label_zh', 'owner', 'priority_group'], keys=['priority', 'holdout_share']) }}
    {% endfor %}
)

select * from rules
