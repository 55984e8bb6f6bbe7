{#
    A score model from its rules, a text of YAML: the points every rule gives to every contact, and why. docs/scoring.md has the keys of
    a rule. Events are read once, whatever the number of rules.
#}
{% macro scorecard(name, rules) %}
{% set card = sluice.checked_scorecard(name, rules) %}
{% set counted = card.rules | selectattr('event', 'defined') | list %}
{% set anchors = counted | selectattr('after', 'defined') | map(attribute='after') | unique | list %}
with events as (
    select *, {{ sluice.event_words() }} from {{ sluice.of_touched(ref('contact_events')) }} as v where not is_machine
),

facts as (
    select * from {{ sluice.of_touched(ref('contact_facts')) }} as f where {{ card.applies_to or 'contact_id is not null' }}
),

{% if anchors %}
anchors as (
    select
        contact_id
        {% for condition in anchors %}
        , max(case when {{ condition }} then occurred_at end) as after_{{ loop.index }}
        {% endfor %}
    from events
    group by contact_id
),
{% endif %}

count_events as (
    select
        e.contact_id
        {% for rule in counted %}
        {% set place = anchors.index(rule.after) + 1 if rule.after else 0 %}
        , {{ sluice.rule_measures(rule, loop.index, place) }}
        {% endfor %}
    from events as e
    {% if anchors %}left join anchors as a on e.contact_id = a.contact_id{% endif %}
    group by e.contact_id
),

measured as (
    select
        f.*
        {% for rule in counted %}
        , coalesce(n.count_{{ loop.index }}, 0) as count_{{ loop.index }}
        , n.weight_{{ loop.index }}
        , n.last_{{ loop.index }}
        {% endfor %}
        {% for condition in anchors %}
        , a.after_{{ loop.index }}
        {% endfor %}
    from facts as f
    left join count_events as n on f.contact_id = n.contact_id
    {% if anchors %}left join anchors as a on f.contact_id = a.contact_id{% endif %}
),

give_points as (
    {% if card.base %}{{ sluice.base_points(card) }} union all{% endif %}
    {% for rule in card.rules %}
    {% set place = anchors.index(rule.after) + 1 if rule.after else 0 %}
    {{ sluice.rule_points(rule, counted.index(rule) + 1 if rule.event else 0, place) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select contact_id, '' as rule, '' as kind, 0 as points, 0 as occurrences, created_at as last_at, '' as reason_en, '' as reason_zh
    from measured
    {% endfor %}
),

final as (
    select
        contact_id,
        '{{ name }}' as score_model,
        rule,
        kind,
        cast(points as integer) as points,
        cast(occurrences as integer) as occurrences,
        cast(last_at as timestamp) as last_at,
        reason_en,
        reason_zh
    from give_points
    where points <> 0
)

select * from final
{% endmacro %}

{# How often, how fresh, and when last: three columns of an event rule. #}
{% macro rule_measures(rule, place, anchor) %}
    {%- set match = sluice.rule_match(rule, anchor) -%}
    sum(case when {{ match }} then 1 else 0 end) as count_{{ place }}
    , sum(case when {{ match }} then cast({{ sluice.freshness(rule) }} as decimal(18, 9)) else 0 end) as weight_{{ place }}
    , max(case when {{ match }} then e.occurred_at end) as last_{{ place }}
{%- endmacro %}

{# Whether an event counts for a rule: its condition, and the window that ends now or starts after another event. #}
{% macro rule_match(rule, anchor) -%}
    ({{ rule.event }})
    {%- if anchor %} and e.occurred_at > a.after_{{ anchor }}
        {%- if rule.within_days %} and e.occurred_at <= a.after_{{ anchor }} + interval '{{ rule.within_days }}' day{% endif %}
    {%- elif rule.within_days %} and e.occurred_at > {{ sluice.days_before(rule.within_days) }}{% endif %}
{%- endmacro %}

{# What is left of an event's points by its age: half of them after each half_life_days. #}
{% macro freshness(rule) -%}
    {% if rule.half_life_days -%}
    power(0.5, ({{ sluice.epoch_seconds(sluice.as_of()) }} - {{ sluice.epoch_seconds('e.occurred_at') }}) / (86400.0 * {{ rule.half_life_days }}))
    {%- else %}1.0{% endif %}
{%- endmacro %}
