{# A hash of every column of a built model but its key: it changes when, and only when, a value does. #}
{% macro row_hash(model_name, key) %}
    {% if not execute %}{{ return('0') }}{% endif %}
    {% set names = [] %}
    {% for column in adapter.get_columns_in_relation(ref(model_name)) if column.name != key %}
        {% do names.append(column.name) %}
    {% endfor %}
    {{ return(hash_bigint(names | sort)) }}
{% endmacro %}
