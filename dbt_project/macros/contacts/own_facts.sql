{#
    The models models/contacts/facts_<name>.sql, of one row per contact: their columns join contact_facts, for the rules of scores, stages, tags
    and segments. A column that contact_facts has already is refused: a rule could not say which it means.
#}
{% macro own_facts() %}
    {% set names = sluice.models_in('contacts', prefix='facts_') %}
    {% if execute and names %}
        {% set taken = sluice.find_node('contact_facts').columns | map('lower') | reject('equalto', 'contact_id') | list %}
        {% for name in names %}
            {% for column in sluice.relation_columns(name) %}
                {% if column.name | lower in taken %}
                    {{ exceptions.raise_compiler_error(sluice.find_node(name).original_file_path ~ ': contact_facts has a column ' ~ column.name
                        ~ ' already; give yours another name') }}
                {% elif column.name | lower != 'contact_id' %}
                    {% do taken.append(column.name | lower) %}
                {% endif %}
            {% endfor %}
        {% endfor %}
    {% endif %}
    {{ return(names) }}
{% endmacro %}
