{# A whole number of the type of keys; null for none, and for what is not defined. #}
{% macro bigint_literal(value) -%}
    cast({{ sluice.number_or_null(value) }} as bigint)
{%- endmacro %}
