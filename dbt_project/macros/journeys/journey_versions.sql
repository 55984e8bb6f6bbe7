{# Stops both of two files of one version: their moves would be kept twice. #}
{% macro refuse_same_version(journey, settings, found) %}
    {% for other, its in found.items() if other != model.name and sluice.journey_of(other) == journey and its is mapping and its.version == settings.version %}
        {{ exceptions.raise_compiler_error(model.original_file_path ~ ": version " ~ settings.version ~ " is that of " ~ other ~ " too: raise the newer one") }}
    {% endfor %}
{% endmacro %}

{#
    Stops a journey whose version is below one that contacts entered: whoever entered would be stopped in silence, and others would get the older
    messages again under their old names. Earlier versions, which take nobody in, are not asked.
#}
{% macro refuse_lowered_version(journey, version) %}
    {% set history = sluice.existing_relation('journey_transitions') %}
    {% if history %}
        {% set query = "select max(version) from " ~ history ~ " where journey = '" ~ journey ~ "' and recorded_at < " ~ sluice.as_of() ~ sluice.of_a_run('recorded_at') %}
        {% set entered = run_query(query).rows[0][0] %}
        {% if entered is not none and entered > version | int %}
            {{ exceptions.raise_compiler_error(model.original_file_path ~ ": version is " ~ version ~ ", and contacts entered version " ~ entered
                ~ ": put its file back, or raise the version to " ~ (entered | int + 1)) }}
        {% endif %}
    {% endif %}
{% endmacro %}

{# What the nodes of all journeys say now, as rows: journey, version, node, definition. #}
{% macro journey_definition_rows() %}
    {% for one in sluice.journey_nodes() %}
    select {{ sluice.text_literal(one.journey) }} as journey, cast({{ one.version }} as integer) as version, {{ sluice.text_literal(one.node) }} as node,
        {{ sluice.text_literal(tojson(one.body, sort_keys=true)) }} as definition
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select journey, version, to_node as node, reason as definition from ({{ sluice.no_moves() }}) as m
    {% endfor %}
{% endmacro %}
