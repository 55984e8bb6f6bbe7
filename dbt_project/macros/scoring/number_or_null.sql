{# A number as SQL; null for none, and for what is not defined. #}
{% macro number_or_null(value) -%}
    {{ 'null' if value is none or value is not defined else value }}
{%- endmacro %}
