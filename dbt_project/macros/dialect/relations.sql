{# Names of the tables and views of a schema; none where it does not exist. #}
{% macro relation_names(database, schema) %}
    {% set names = [] %}
    {% if schema | lower in sluice.schema_names(database) | map('lower') | list %}
        {% set relation = api.Relation.create(database=database, schema=schema) %}
        {% set column = 'tableName' if target.type == 'spark' else 'name' %}
        {% for row in list_relations_without_caching(relation.without_identifier()) %}{% do names.append(row[column]) %}{% endfor %}
    {% endif %}
    {{ return(names) }}
{% endmacro %}

{# Names of the schemas of a database that people make. #}
{% macro schema_names(database) %}
    {% set names = [] %}
    {% for row in list_schemas(database) if row[0] | lower not in ('information_schema', 'pg_catalog', 'pg_toast') %}
        {% do names.append(row[0]) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}
