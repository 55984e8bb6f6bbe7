{# A JSON object as text from {key: sql expression}. #}
{% macro json_object(pairs) -%}
    {{ return(adapter.dispatch('json_object', 'sluice')(pairs)) }}
{%- endmacro %}

{% macro json_arguments(pairs) -%}
    {% set parts = [] %}
    {% for key, value in pairs.items() %}{% do parts.append("'" ~ key ~ "', " ~ value) %}{% endfor %}
    {{ return(parts | join(', ')) }}
{%- endmacro %}

{% macro default__json_object(pairs) -%}
    cast(json_object({{ json_arguments(pairs) }}) as {{ dbt.type_string() }})
{%- endmacro %}

{% macro postgres__json_object(pairs) -%}
    cast(json_build_object({{ json_arguments(pairs) }}) as text)
{%- endmacro %}

{% macro spark__json_object(pairs) -%}
    to_json(named_struct({{ json_arguments(pairs) }}))
{%- endmacro %}
