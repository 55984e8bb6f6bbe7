{# The type of 64-bit floating-point numbers. #}
{% macro type_double() -%}
    {{ return(adapter.dispatch('type_double', 'sluice')()) }}
{%- endmacro %}

{% macro default__type_double() -%}
    double precision
{%- endmacro %}

{% macro spark__type_double() -%}
    double
{%- endmacro %}
