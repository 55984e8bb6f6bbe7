{# A model's schema is its folder's name, without the target's prefix: staging, identity, contacts ... #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
