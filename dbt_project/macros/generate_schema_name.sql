{#
    A model's schema is its folder's name: staging, identity, contacts ... Where the target of the profile names a schema of its own,
    it stands before: sluice_staging, sluice_identity ... `main`, DuckDB's own, does not.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ sluice.schema_name(custom_schema_name | trim) if custom_schema_name else target.schema }}
{%- endmacro %}

{# The real name of one of our schemas. #}
{% macro schema_name(name) %}{{ return(name if target.schema == 'main' else target.schema ~ '_' ~ name) }}{% endmacro %}
