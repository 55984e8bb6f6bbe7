{#
    What a sync writes, as {name, to, write}, by the field it goes to: every column of the built model but the key. Of a membership
    only the columns in identified_by, which say who it is at the destination.
#}
{% macro sync_columns(name) %}
    {% if not execute %}{{ return([]) }}{% endif %}
    {% set sync = sluice.model_meta(name, 'sync') %}
    {% set known, columns = sync.get('columns', {}), [] %}
    {% for column in sluice.relation_columns(name) %}
        {% set is_sent = column.name in sync.get('identified_by', []) if sync.mode == 'membership' else column.name | lower != sync.key | lower %}
        {% set config = known.get(column.name, {}) %}
        {% if is_sent %}
            {% do columns.append({
                'name': column.name, 'type': column.dtype, 'to': config.get('to') or column.name, 'write': config.get('write', 'unless_null')
            }) %}
        {% endif %}
    {% endfor %}
    {{ return(columns | sort(attribute='to')) }}
{% endmacro %}

{# The columns of a sync's model as it was built; none when it was not. #}
{% macro relation_columns(name) %}
    {% set relation = sluice.existing_relation(name) %}
    {{ return(adapter.get_columns_in_relation(relation) if relation is not none else []) }}
{% endmacro %}

{# The value of a column as it would be written: with if_empty, that there is one is all that counts. #}
{% macro written_value(column) %}
    {% set value = sluice.canonical_value(sluice.quoted(column.name), column.type) %}
    {{ return("case when " ~ value ~ " is not null then 'set' end" if column.write == 'if_empty' else value) }}
{% endmacro %}

{#
    What stands at the destination once a row is written: ten letters a field, a part of the hash of its value. A field that is left alone
    for want of a value keeps the letters that `before`, the text of the row acknowledged last, has in its place. A floating number has
    twenty, of two grids, and keeps those that stand there as long as either is the same: a sum that differs in its last digits and lies at
    the edge of a step has not changed.
#}
{% macro written_fields(name, row, before) %}
    {% set parts, place = [], namespace(at=1) %}
    {% for column in sluice.sync_columns(name) %}
        {% set raw = row ~ '.' ~ sluice.quoted(column.name) %}
        {% set is_floating = sluice.value_kind(column.type) in ('double', 'float') and column.write != 'if_empty' %}
        {% set value, width = sluice.canonical_value(raw, column.type), 20 if is_floating else 10 %}
        {% set kept = "substr(" ~ before ~ ", " ~ place.at ~ ", " ~ width ~ ")" if before %}
        {% set hashed = sluice.letters_of(value) %}
        {% if is_floating %}
            {% set number = sluice.canonical_float(raw) if sluice.value_kind(column.type) == 'float' else raw %}
            {% set hashed = sluice.two_grids(hashed, sluice.letters_of(sluice.double_cell(number)), "substr(" ~ before ~ ", " ~ place.at ~ ", 10)" if before, "substr(" ~ before ~ ", " ~ (place.at + 10) ~ ", 10)" if before) %}
        {% endif %}
        {% if column.write == 'overwrite' %}
            {% do parts.append(hashed) %}
        {% else %}
            {% set nothing = "'" ~ '.' * width ~ "'" %}
            {% set left_alone = "coalesce(" ~ kept ~ ", " ~ nothing ~ ")" if before else nothing %}
            {% set filled = hashed if column.write == 'unless_null' else "'set.......'" %}
            {% do parts.append("case when " ~ value ~ " is null then " ~ left_alone ~ " else " ~ filled ~ " end") %}
        {% endif %}
        {% set place.at = place.at + width %}
    {% endfor %}
    {{ return(parts | join(' || ') or "''") }}
{% endmacro %}

{% macro letters_of(value) %}{{ return("substr(md5(" ~ sluice.hash_input([value]) ~ "), 1, 10)") }}{% endmacro %}

{% macro two_grids(one, other, one_before, other_before) %}
    {% set both = one ~ " || " ~ other %}
    {% if not one_before %}{{ return(both) }}{% endif %}
    {{ return(
        "case when " ~ one_before ~ " = " ~ one ~ " or " ~ other_before ~ " = " ~ other ~ " then " ~ one_before ~ " || " ~ other_before
        ~ " else " ~ both ~ " end"
    ) }}
{% endmacro %}

{# A sync at a destination as a BIGINT: what is acknowledged there says nothing of another destination. #}
{% macro stream_id(sync, destination) %}
    {{ return(sluice.hash_bigint(["'stream'", sync, destination])) }}
{% endmacro %}
