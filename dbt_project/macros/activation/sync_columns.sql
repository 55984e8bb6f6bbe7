{#
    What a sync writes, as {name, to, write}, by the field it goes to: every column of the built model but the key. Of a membership
    only the columns in identified_by, which say who it is at the destination.
#}
{% macro sync_columns(name) %}
    {% if not execute %}{{ return([]) }}{% endif %}
    {% set sync = model_meta(name, 'sync') %}
    {% set node = graph.nodes['model.' ~ project_name ~ '.' ~ name] %}
    {% set relation = adapter.get_relation(node.database, node.schema, node.alias) %}
    {% set known, columns = sync.get('columns', {}), [] %}
    {% for column in (adapter.get_columns_in_relation(relation) if relation is not none else []) %}
        {% set is_sent = column.name in sync.get('identified_by', []) if sync.mode == 'membership' else column.name | lower != sync.key | lower %}
        {% set config = known.get(column.name, {}) %}
        {% if is_sent %}
            {% do columns.append({'name': column.name, 'to': config.get('to') or column.name, 'write': config.get('write', 'unless_null')}) %}
        {% endif %}
    {% endfor %}
    {{ return(columns | sort(attribute='to')) }}
{% endmacro %}

{# The value of a column as it would be written: with if_empty, that there is one is all that counts. #}
{% macro written_value(column) %}
    {% set name = adapter.quote(column.name) %}
    {{ return("case when " ~ name ~ " is not null then 'set' end" if column.write == 'if_empty' else name) }}
{% endmacro %}

{#
    What stands at the destination once a row is written: ten letters a field, a part of the hash of its value. A field that is left alone
    for want of a value keeps the letters that `before`, the text of the row acknowledged last, has in its place.
#}
{% macro written_fields(name, row, before) %}
    {% set parts = [] %}
    {% for column in sync_columns(name) %}
        {% set value = row ~ '.' ~ adapter.quote(column.name) %}
        {% set hashed = "substr(md5(" ~ hash_input([value]) ~ "), 1, 10)" %}
        {% if column.write == 'overwrite' %}
            {% do parts.append(hashed) %}
        {% else %}
            {% set kept = "coalesce(substr(" ~ before ~ ", " ~ (loop.index0 * 10 + 1) ~ ", 10), '..........')" if before else "'..........'" %}
            {% set filled = hashed if column.write == 'unless_null' else "'set.......'" %}
            {% do parts.append("case when " ~ value ~ " is null then " ~ kept ~ " else " ~ filled ~ " end") %}
        {% endif %}
    {% endfor %}
    {{ return(parts | join(' || ') or "''") }}
{% endmacro %}

{# A sync at a destination as a BIGINT: what is acknowledged there says nothing of another destination. #}
{% macro stream_id(sync, destination) %}
    {{ return(hash_bigint(["'stream'", sync, destination])) }}
{% endmacro %}
