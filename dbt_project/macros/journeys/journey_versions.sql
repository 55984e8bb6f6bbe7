{#
    Stops a journey whose version is below one that contacts entered: whoever entered would be stopped in silence, and others would get the older
    messages again under their old names. Earlier versions, which take nobody in, are not asked.
#}
{% macro refuse_lowered_version(journey, version) %}
    {% set history = sluice.existing_relation('journey_transitions') %}
    {% if history %}
        {% set query = "select max(version) from " ~ history ~ " where journey = '" ~ journey ~ "' and recorded_at < " ~ sluice.as_of() %}
        {% set entered = run_query(query).rows[0][0] %}
        {% if entered is not none and entered > version | int %}
            {{ exceptions.raise_compiler_error(model.original_file_path ~ ": version is " ~ version ~ ", and contacts entered version " ~ entered
                ~ ": put its file back, or raise the version to " ~ (entered | int + 1)) }}
        {% endif %}
    {% endif %}
{% endmacro %}

{# What the nodes of all journeys say now: {journey, version, node, definition}. #}
{% macro journey_definitions() %}
    {% set found = [] %}
    {% for name, settings in sluice.metas('journeys', 'steps_', 'journey').items() if settings.nodes is mapping %}
        {% for node, body in settings.nodes.items() %}
            {% do found.append({
                'journey': sluice.journey_of(name), 'version': settings.version | int, 'node': node, 'definition': tojson(body, sort_keys=true)
            }) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# The same as rows: journey, version, node, definition. #}
{% macro journey_definition_rows() %}
    {% for one in sluice.journey_definitions() %}
    select {{ sluice.text_literal(one.journey) }} as journey, cast({{ one.version }} as integer) as version, {{ sluice.text_literal(one.node) }} as node,
        {{ sluice.text_literal(one.definition) }} as definition
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select journey, version, to_node as node, reason as definition from ({{ sluice.no_moves() }}) as m
    {% endfor %}
{% endmacro %}
