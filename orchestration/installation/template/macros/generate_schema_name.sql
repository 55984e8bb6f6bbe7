{# A model's schema is its folder's name, without the target's prefix: staging, segments, activation ... #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ sluice.generate_schema_name(custom_schema_name, node) }}
{%- endmacro %}
