with rules as (
    {% for name in sluice.models_in('segments', prefix='seg_') %}
    {% do sluice.model_ref(name) %}
    {% set rule = sluice.model_meta(name, 'segment', {}) %}
    select
        '{{ name[4:] }}' as segment,
        {{ sluice.text_literal((rule.label or {}).en or name[4:]) }} as label_en,
        {{ sluice.text_literal((rule.label or {}).zh or name[4:]) }} as label_zh,
        {{ sluice.text_literal(rule.owner) }} as owner,
        {{ sluice.text_literal(rule.group) }} as priority_group,
        {{ rule.priority if rule.priority is integer else 100 }} as priority,
        cast({{ sluice.holdout_of(rule) }} as double precision) as holdout_share
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_rows(['segment', 'label_en', 'label_zh', 'owner', 'priority_group'], keys=['priority'], shares=['holdout_share']) }}
    {% endfor %}
)

select * from rules
