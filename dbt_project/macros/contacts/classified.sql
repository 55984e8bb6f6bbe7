{#
    The distinct values of one column of `relation` with the class the seed `classifications` gives them: the patterns are LIKE, in lower
    case, the class that sorts first wins where two fit. Each spelling is looked at once.
#}
{% macro classified(relation, column, attribute) %}
    select v.{{ column }}, min(k.class) as class
    from (select distinct {{ column }} from {{ relation }} where {{ column }} is not null) as v
    inner join {{ sluice.seed('classifications') }} as k on k.attribute = '{{ attribute }}' and lower(v.{{ column }}) like k.pattern
    group by v.{{ column }}
{% endmacro %}

{# What a person does, against what is done to or about them: mails sent to them, stages moved by sales. #}
{% macro is_own_action(event_type) -%}
    {{ event_type }} not in ('{{ sluice.setting("events_of_others") | join("', '") }}')
{%- endmacro %}
