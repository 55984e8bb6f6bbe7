{# What a score model starts everybody with. #}
{% macro base_points(card) -%}
    select
        contact_id, 'base' as rule, 'base' as kind, {{ card.base }} as points, 1 as occurrences, created_at as last_at,
        'Starting points' as reason_en, '初始分' as reason_zh
    from measured
{%- endmacro %}

{#
    The points of one rule as rows. `place` is that of its measures, `anchor` that of the event its window starts after. Spark takes
    `from measured where (is_student)` for a table called "where" with one column: the alias stands in its way.
#}
{% macro rule_points(rule, place, anchor) %}
    select
        contact_id,
        {{ sluice.text_literal(rule.rule) }} as rule,
        {{ sluice.text_literal(rule.kind) }} as kind,
        {{ sluice.points_given(rule, place) }} as points,
        {{ 'count_' ~ place if place else '1' }} as occurrences,
        {{ 'last_' ~ place if place and not rule.absent else 'cast(null as timestamp)' }} as last_at,
        {{ sluice.text_literal(rule.reason.en) }} as reason_en,
        {{ sluice.text_literal(rule.reason.zh) }} as reason_zh
    from measured as m
    where {{ sluice.rule_holds(rule, place, anchor) }}
{% endmacro %}

{% macro rule_holds(rule, place, anchor) -%}
    {%- if rule.contact -%}
    ({{ rule.contact }})
    {%- elif rule.absent -%}
    count_{{ place }} = 0
        {%- if anchor %} and after_{{ anchor }} + interval '{{ rule.within_days }}' day <= {{ sluice.as_of() }}{% endif %}
    {%- else -%}
    count_{{ place }} >= {{ rule.at_least or 1 }}{% if rule.at_most %} and count_{{ place }} <= {{ rule.at_most }}{% endif %}
    {%- endif %}
{%- endmacro %}

{% macro points_given(rule, place) -%}
    {%- if not place or rule.absent -%}{{ rule.points }}
    {%- elif rule.each -%}{{ sluice.capped('round(' ~ rule.points ~ ' * weight_' ~ place ~ ')', rule) }}
    {%- elif rule.half_life_days -%}{{ sluice.capped('round(' ~ rule.points ~ ' * weight_' ~ place ~ ' / count_' ~ place ~ ')', rule) }}
    {%- else -%}{{ rule.points }}
    {%- endif %}
{%- endmacro %}

{% macro capped(expression, rule) -%}
    {%- if not rule.cap -%}{{ expression }}
    {%- elif rule.points < 0 -%}greatest({{ expression }}, -{{ rule.cap }})
    {%- else -%}least({{ expression }}, {{ rule.cap }})
    {%- endif %}
{%- endmacro %}
