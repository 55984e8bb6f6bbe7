{#
    The rows of a raw table that were quarantined as a whole, with some of their columns as text. A no whose time cannot be read is a no all
    the same. A line with too few or too many cells is read by the header, as far as both go.
#}
{% macro quarantined(table, columns) %}
    select
        {% for name in columns %}
        nullif({{ sluice.trim_text(sluice.json_text(sluice.json_object_or_null('row_text'), name)) }}, '') as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ source('quarantine', 'quarantine') }}
    where table_name = '{{ table }}' and row_text like '{%- raw %}{%{% endraw %}'
{% endmacro %}

{#
    The tables of sources that a staging model reads, itself or by other models, as {name, columns}. Nothing while dbt parses, and in a unit
    test, where there is no graph.
#}
{% macro tables_read_by(name) %}
    {% set found, todo, seen = [], [], [] %}
    {% set node = sluice.find_node(name) if execute else none %}
    {% if node %}{% do todo.extend(node.depends_on.nodes) %}{% endif %}
    {% for step in range(100) if todo %}
        {% set unique_id = todo.pop() %}
        {% if unique_id not in seen %}
            {% do seen.append(unique_id) %}
            {% if unique_id in graph.sources and graph.sources[unique_id].source_name not in ('quarantine', 'landing') %}
                {% set table = graph.sources[unique_id] %}
                {% do found.append({'name': table.identifier or table.name, 'columns': table.columns.keys() | list}) %}
            {% elif unique_id.startswith('model.') %}
                {% do todo.extend(graph.nodes[unique_id].depends_on.nodes) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {{ return(found | sort(attribute='name')) }}
{% endmacro %}

{#
    Where sources mark who is deleted, for their rows in quarantine: a list of {model, source, table, marks, ids}. `marks` are the columns that
    stg_<source>__contacts makes is_deleted of, `ids` those of record_id; where it does not say so in columns of the table, those that are
    called so, else all.
#}
{% macro deletion_marks() %}
    {% set found = [] %}
    {% for name in sluice.models_in('staging', suffix='__contacts') if execute and sluice.find_node(name) %}
        {% set code = sluice.find_node(name).raw_code %}
        {% for table in sluice.tables_read_by(name) if 'is_deleted' in code %}
            {% do found.append({
                'model': name, 'source': name[4:-10], 'table': table.name,
                'marks': sluice.columns_of_argument(code, 'is_deleted', table.columns, 'delet'),
                'ids': sluice.columns_of_argument(code, 'record_id', table.columns, none)
            }) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{% macro columns_of_argument(code, argument, columns, otherwise) %}
    {% set given = modules.re.search(argument ~ '\\s*=\\s*(["\'])(.*?)\\1', code) %}
    {% set words = modules.re.findall('\\w+', given.group(2)) if given else [] %}
    {% set named = columns | select('in', words) | list %}
    {% if not named and otherwise %}
        {% for column in columns if otherwise in column | lower %}{% do named.append(column) %}{% endfor %}
    {% endif %}
    {{ return(named or columns) }}
{% endmacro %}
