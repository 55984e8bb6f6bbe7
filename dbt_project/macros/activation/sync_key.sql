{# The syncs that can be compared: their yml names a destination, a key and a mode. `sluice run` names the others and leaves them out. #}
{% macro sync_models() %}
    {% set names = models_in('activation', prefix='sync_') %}
    {% if not execute %}{{ return(names) }}{% endif %}
    {% set found = [] %}
    {% for name in names %}
        {% set sync = model_meta(name, 'sync', {}) %}
        {% if sync is mapping and sync.destination is string and sync.key is string and sync.mode is string %}{% do found.append(name) %}{% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# Those of them whose rows can be told by their key. #}
{% macro keyed_sync_models() %}
    {% set found = [] %}
    {% for name in sync_models() if not execute or not sync_key_problem(name) %}{% do found.append(name) %}{% endfor %}
    {{ return(found) }}
{% endmacro %}

{# The column that is the key, as it was built: {name, type}. Before that, of the type of ids. #}
{% macro sync_key_column(name) %}
    {% set key, columns = model_meta(name, 'sync').key, relation_columns(name) %}
    {% if not columns %}{{ return({'name': key, 'type': 'bigint'}) }}{% endif %}
    {% for column in columns if column.name | lower == key | lower %}
        {{ return({'name': column.name, 'type': column.dtype}) }}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}

{# no_key_column, or key_type: a whole number or a text tells rows apart, any other value does not. Else nothing. #}
{% macro sync_key_problem(name) %}
    {% set column = sync_key_column(name) %}
    {% if column is none %}{{ return('no_key_column') }}{% endif %}
    {% set is_fraction = value_kind(column.type) == 'decimal' and modules.re.search(', *[1-9]', column.type) %}
    {{ return('key_type' if is_fraction or value_kind(column.type) not in ('integer', 'big_integer', 'decimal', 'text')) }}
{% endmacro %}

{# Whether the key may be a text: it goes to the destination as such, and stands for a number inside. #}
{% macro has_text_key(name) %}{{ return(value_kind(sync_key_column(name).type) != 'integer') }}{% endmacro %}

{# The key of a row as the BIGINT by which it is compared; `row` is the alias of the sync's model, if it has one. #}
{% macro sync_key(name, row='') %}
    {% if not execute %}{{ return('0') }}{% endif %}
    {% set text = sync_key_text(name, row) %}
    {{ return(text_key(text) | trim if has_text_key(name) else 'cast(' ~ text ~ ' as bigint)') }}
{% endmacro %}

{# The key of a row as the destination knows it; null where there is none. #}
{% macro sync_key_text(name, row='') %}
    {% if not execute %}{{ return('0') }}{% endif %}
    {% set column = sync_key_column(name) %}
    {% set key = (row ~ '.' if row else '') ~ quoted(column.name) %}
    {{ return(blank_to_null(as_text(key, column.type)) | trim if has_text_key(name) else key) }}
{% endmacro %}
