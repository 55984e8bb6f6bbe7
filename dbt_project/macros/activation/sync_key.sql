{# The syncs that can be compared: their yml names a destination, a key and a mode. `sluice run` names the others and leaves them out. #}
{% macro sync_models() %}
    {% set names = sluice.models_in('activation', prefix='sync_') %}
    {% if not execute %}{{ return(names) }}{% endif %}
    {% set found = [] %}
    {% for name in names %}
        {% set sync = sluice.model_meta(name, 'sync', {}) %}
        {% if sync is mapping and sync.destination is string and sync.key is string and sync.mode is string %}{% do found.append(name) %}{% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# Those of them whose rows can be identified by their key. #}
{% macro keyed_sync_models() %}
    {% set found = [] %}
    {% for name in sluice.sync_models() if not execute or not sluice.sync_key_problem(name) %}{% do found.append(name) %}{% endfor %}
    {{ return(found) }}
{% endmacro %}

{# The column that is the key, as it was built: {name, type}. Before that, of the type of ids. #}
{% macro sync_key_column(name) %}
    {% set key, columns = sluice.model_meta(name, 'sync').key, sluice.relation_columns(name) %}
    {% if not columns %}{{ return({'name': key, 'type': 'bigint'}) }}{% endif %}
    {% for column in columns if column.name | lower == key | lower %}
        {{ return({'name': column.name, 'type': column.dtype}) }}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}

{# no_key_column, or key_type: a whole number or a text tells rows apart, any other value does not. Else nothing. #}
{% macro sync_key_problem(name) %}
    {% set column = sluice.sync_key_column(name) %}
    {% if column is none %}{{ return('no_key_column') }}{% endif %}
    {% set is_fraction = sluice.value_kind(column.type) == 'decimal' and modules.re.search(', *[1-9]', column.type) %}
    {{ return('key_type' if is_fraction or sluice.value_kind(column.type) not in ('integer', 'big_integer', 'decimal', 'text')) }}
{% endmacro %}

{# Whether the key may be a text: it goes to the destination as such, and stands for a number inside. #}
{% macro has_text_key(name) %}{{ return(sluice.value_kind(sluice.sync_key_column(name).type) != 'integer') }}{% endmacro %}

{# The key of a row as the BIGINT by which it is compared; `row` is the alias of the sync's model, if it has one. #}
{% macro sync_key(name, row='') %}
    {% if not execute %}{{ return('0') }}{% endif %}
    {% set text = sluice.sync_key_text(name, row) %}
    {{ return(sluice.text_key(text) | trim if sluice.has_text_key(name) else 'cast(' ~ text ~ ' as bigint)') }}
{% endmacro %}

{# The key of a row as the destination knows it; null where there is none. #}
{% macro sync_key_text(name, row='') %}
    {% if not execute %}{{ return('0') }}{% endif %}
    {% set column = sluice.sync_key_column(name) %}
    {% set key = (row ~ '.' if row else '') ~ sluice.quoted(column.name) %}
    {{ return(sluice.blank_to_null(sluice.as_text(key, column.type)) | trim if sluice.has_text_key(name) else key) }}
{% endmacro %}
