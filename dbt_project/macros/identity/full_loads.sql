{#
    Of each source that declares `loads: full` in the yml of its raw tables, and is on: the raw tables that its stg_<source>__contacts reads.
    In a full load, a record that is not there any more is gone at the source. Other sources append: silence says nothing.
#}
{% macro full_load_tables() %}
    {% set found = {} %}
    {% if execute %}
        {% for name in sluice.models_in('staging', suffix='__contacts') %}
            {% set tables = [] %}
            {% for unique_id in sluice.find_node(name).depends_on.nodes if unique_id in graph.sources %}
                {% set source = graph.sources[unique_id] %}
                {% set meta = source.config.get('meta') or source.get('meta') or {} %}
                {% if (meta.get('loads') or '') | string | lower | trim == 'full' %}{% do tables.append(source.name) %}{% endif %}
            {% endfor %}
            {% if tables %}{% do found.update({name: tables}) %}{% endif %}
        {% endfor %}
    {% endif %}
    {{ return(found) }}
{% endmacro %}

{# The keys of the records that their source does not send any more: missing in so many full loads in a row as it takes. #}
{% macro gone_records() %}
    select record_key from {{ ref('record_absences') }} where missed_loads >= {{ sluice.setting('gone_after_loads') }}
{% endmacro %}
