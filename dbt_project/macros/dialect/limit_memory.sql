{# At the start of a build: the memory that the project gives DuckDB (`memory` in sluice.yml); more than that goes to disk. Nothing elsewhere. #}
{% macro limit_memory() -%}
    {% if target.type == 'duckdb' and var('memory_limit', '') %}set memory_limit = '{{ var('memory_limit') }}'{% endif %}
{%- endmacro %}
