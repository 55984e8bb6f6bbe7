{#
    On a warehouse that nothing was landed in yet, each declared source table is made empty, with its declared columns.
    So a bare `dbt build` works on a fresh clone, and a source that has sent nothing is simply empty.
#}
{% macro create_missing_sources() %}
    {% if execute and flags.WHICH in ('build', 'run', 'test', 'seed') %}
        {% for source in graph.sources.values() %}
            {% do create_source_if_missing(source) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{% macro create_source_if_missing(source) %}
    {% set relation = api.Relation.create(database=source.database, schema=source.schema, identifier=source.identifier or source.name) %}
    {% do adapter.create_schema(relation) %}
    {% set columns = [] %}
    {% for column in source.columns.values() %}
        {% set data_type = type_double() if column.data_type | lower == 'double' else column.data_type %}
        {% do columns.append(adapter.quote(column.name) ~ ' ' ~ data_type) %}
    {% endfor %}
    {% do run_query('create table if not exists ' ~ relation ~ ' (' ~ columns | join(', ') ~ ')') %}
{% endmacro %}
