{#
    The tags of a list of rules, a text of YAML. A rule asks of contact_facts, of <model>_score and of <lifecycle>_stage.
#}
{% macro tag_rules(text) %}
{% set rules = fromyaml(text) or [] %}
{% set cards = sluice.models_in('scoring', prefix='scorecard_', with_broken=true) %}
{% set lifecycles = sluice.models_in('lifecycle', prefix='stages_', with_broken=true) %}
{% for name in cards + lifecycles %}{% do sluice.model_ref(name) %}{% endfor %}
with scores as (
    select
        contact_id
        {% for name in cards %}
        , max(case when score_model = '{{ name[10:] }}' then total end) as {{ name[10:] }}_score
        {% endfor %}
    from {{ ref('contact_scores') }}
    group by contact_id
),

stages as (
    select
        contact_id
        {% for name in lifecycles %}
        , max(case when lifecycle = '{{ name[7:] }}' then stage end) as {{ name[7:] }}_stage
        {% endfor %}
    from {{ ref('contact_lifecycle') }}
    group by contact_id
),

states as (
    select
        f.*
        {% for name in cards %}
        , s.{{ name[10:] }}_score
        {% endfor %}
        {% for name in lifecycles %}
        , l.{{ name[7:] }}_stage
        {% endfor %}
    from {{ ref('contact_facts') }} as f
    left join scores as s on f.contact_id = s.contact_id
    left join stages as l on f.contact_id = l.contact_id
),

final as (
    {% for rule in rules %}
    select contact_id, '{{ rule.tag }}' as tag, {{ sluice.text_literal(rule.reason.en) }} as reason_en, {{ sluice.text_literal(rule.reason.zh) }} as reason_zh
    from states as s
    where {{ rule.where }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select contact_id, '' as tag, '' as reason_en, '' as reason_zh from states where 1 = 0
    {% endfor %}
)

select * from final
{% endmacro %}
