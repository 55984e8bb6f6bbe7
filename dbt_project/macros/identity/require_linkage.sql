{# The model of linkage is Python, which dbt runs on DuckDB alone: elsewhere the setting is refused, not ignored. #}
{% macro require_linkage() %}
    {% if target.type != 'duckdb' %}
        {{ exceptions.raise_compiler_error("probabilistic_linkage: true is for DuckDB: dbt runs no Python models of ours on " ~ target.type
            ~ "; set probabilistic_linkage: false in the vars of dbt_project.yml") }}
    {% endif %}
{% endmacro %}
