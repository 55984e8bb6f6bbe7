{# The scorecard of a YAML text, checked: a wrong rule raises with its file, name and fix, and only this score model fails. #}
{% macro checked_scorecard(name, text) %}
    {% set card = fromyaml(text) %}
    {% if not execute %}{{ return(card or {'rules': []}) }}{% endif %}
    {% if not card or card is string or card.rules is not defined %}
        {{ exceptions.raise_compiler_error("models/scoring/scorecard_" ~ name ~ ".sql: its rules are no YAML with the key rules:") }}
    {% endif %}
    {% for rule in card.rules %}
        {% set problem = sluice.rule_problem(rule) %}
        {% if problem %}
            {{ exceptions.raise_compiler_error("models/scoring/scorecard_" ~ name ~ ".sql, rule '" ~ rule.rule ~ "': " ~ problem) }}
        {% endif %}
    {% endfor %}
    {{ return(card) }}
{% endmacro %}

{# What is wrong with a rule, with the fix; '' when nothing is. `sluice lint` checks more, and says the line. #}
{% macro rule_problem(rule) %}
    {% if not rule.rule %}{{ return('it has no name: write rule: <name>') }}{% endif %}
    {% if rule.points is not integer or rule.points is boolean %}{{ return('points are not a whole number: write points: 20') }}{% endif %}
    {% if rule.kind not in ['fit', 'behaviour', 'negative'] %}{{ return('kind is none of fit, behaviour, negative') }}{% endif %}
    {% if (rule.event is defined) == (rule.contact is defined) %}{{ return('write either event: or contact:, the condition in SQL') }}{% endif %}
    {% if rule.absent and not rule.within_days %}{{ return('absent: needs within_days: the time after which it counts as not done') }}{% endif %}
    {% if not rule.reason or not rule.reason.en or not rule.reason.zh %}{{ return('write reason: {en: ..., zh: ...}') }}{% endif %}
    {{ return('') }}
{% endmacro %}
