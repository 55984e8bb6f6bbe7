with rules as (
    {% for name in sluice.models_in('segments', prefix='seg_') %}
    {% do sluice.model_ref(name) %}
    {{ sluice.segment_rule(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_segment_rule() }}
    {% endfor %}
)

select * from rules
