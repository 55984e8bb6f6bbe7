{#
    Own keys of a record, as a JSON object in one text: {type: expression}, {type: [expressions]} where a record has several (its id and the one
    it was merged into), and id_list(expression) for a text of several. What a type is worth is a row of seeds/identity_rules.csv.
#}
{% macro own_keys(identifiers) -%}
    {% set known = ['email', 'email_address', 'phone', 'unionid', 'national_id', 'cookie'] %}
    {% set pairs = {} %}
    {% for type, given in identifiers.items() %}
        {% if type in known or '#' in type %}
            {{ exceptions.raise_compiler_error("contact_record(): identifiers cannot have the type " ~ type ~ ": it is a column of its own; "
                ~ "name yours otherwise, and add it to seeds/identity_rules.csv") }}
        {% endif %}
        {% for expression in (given if given is sequence and given is not string and given is not mapping else [given]) %}
            {% if expression is mapping %}
                {% do pairs.update({type ~ '#' ~ loop.index ~ '#list': sluice.text_of(expression['list'])}) %}
            {% else %}
                {% do pairs.update({type ~ '#' ~ loop.index: sluice.text_of(expression)}) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {{ sluice.json_or_nothing(pairs) }}
{%- endmacro %}

{# For own keys: a text that holds several ids between ; or , or |. #}
{% macro id_list(expression) %}
    {{ return({'list': expression}) }}
{% endmacro %}

{# {name: expression} as a JSON object of texts; a text is taken for the SQL of a JSON object that the source sends itself. #}
{% macro more_values(given) -%}
    {% if given is none or given is not defined %}
        cast(null as {{ dbt.type_string() }})
    {% elif given is mapping %}
        {% set pairs = {} %}
        {% for name, expression in given.items() %}{% do pairs.update({name: sluice.text_of(expression)}) %}{% endfor %}
        {{ sluice.json_or_nothing(pairs) }}
    {% else %}
        {{ sluice.json_object_or_null(sluice.text_of(given)) }}
    {% endif %}
{%- endmacro %}

{% macro json_or_nothing(pairs) -%}
    {% if pairs %}{{ sluice.json_object(pairs) }}{% else %}cast(null as {{ dbt.type_string() }}){% endif %}
{%- endmacro %}

{% macro text_of(expression) -%}
    {{ return('cast(' ~ expression ~ ' as ' ~ dbt.type_string() ~ ')') }}
{%- endmacro %}

{#
    The columns that a raw table has and its yml does not declare: {name: column}, for `attributes` and `properties`. Read from the warehouse when
    the view is made, so that a column that a source adds travels from the next run on. `besides` are columns left out.
#}
{% macro extra_columns(source_name, table_name, besides=[]) %}
    {% set relation = source(source_name, table_name) %}
    {% set found = {} %}
    {% if execute and graph.nodes %}
        {% set declared = [] %}
        {% for node in graph.sources.values() if node.source_name == source_name and node.name == table_name %}
            {% for column in node.columns %}{% do declared.append(column | lower) %}{% endfor %}
        {% endfor %}
        {% for column in adapter.get_columns_in_relation(relation) if column.name | lower not in declared + besides and not column.name.startswith('_') %}
            {% do found.update({column.name | lower: adapter.quote(column.name)}) %}
        {% endfor %}
    {% endif %}
    {{ return(found) }}
{% endmacro %}
