{# Stops both of two files of one version, whose moves would be kept twice, and a name that makes two messages of two journeys one. #}
{% macro refuse_same_version(journey, settings, found) %}
    {% if modules.re.search('_v[0-9]+(_|$)', journey) %}
        {{ exceptions.raise_compiler_error(model.original_file_path ~ ": " ~ journey ~ " holds the number of a version: its messages could bear the names of another journey's; name it otherwise") }}
    {% endif %}
    {% for other, its in found.items() if other != model.name and sluice.journey_of(other) == journey and its is mapping and its.version == settings.version %}
        {{ exceptions.raise_compiler_error(model.original_file_path ~ ": version " ~ settings.version ~ " is that of " ~ other ~ " too: raise the newer one") }}
    {% endfor %}
{% endmacro %}

{# {each: journeys in which a contact may be several times at once, never: those that take a contact in once}. #}
{% macro journeys_by_reentry() %}
    {% set each, never = [], [] %}
    {% for name, settings in sluice.metas('journeys', 'steps_', 'journey').items() if settings is mapping %}
        {% set trigger, reentry = settings.trigger or {}, settings.get('reentry', 'never') %}
        {% if reentry == 'each' and trigger.event %}{% do each.append(sluice.journey_of(name)) %}
        {% elif reentry == 'never' %}{% do never.append(sluice.journey_of(name)) %}
        {% endif %}
    {% endfor %}
    {{ return({'each': each, 'never': never}) }}
{% endmacro %}

{# Whether the node where an enrolment of this journey stands is in the project. #}
{% macro is_in_project(journey) -%}
    {% set found = [] %}
    {% for one in sluice.journey_nodes() if one.journey == journey %}
        {% do found.append((one.version, one.node)) %}
        {% for version, nodes in sluice.migrations_of(one.settings).items() %}
            {% for node in nodes %}{% do found.append((version, node)) %}{% endfor %}
        {% endfor %}
    {% endfor %}
    {% set found = found | unique | list %}
    {% for version, node in found %}(version = {{ version }} and node = {{ sluice.text_literal(node) }}){{ ' or ' if not loop.last }}{% else %}1 = 0{% endfor %}

{%- endmacro %}

{#
    Moves of versions that could be computed in this run, as a condition on `journey` and `version` of a history: those of the others are kept as
    they are. A version that cannot be read is none.
#}
{% macro is_version_computed(table='') -%}
    {% set journeys, broken = sluice.metas('journeys', 'steps_', 'journey'), [] %}
    {% for name in var('broken', []) if journeys.get(name) is mapping and sluice.is_version(journeys[name].version) %}
        {% do broken.append("not (" ~ table ~ "journey = '" ~ sluice.journey_of(name) ~ "' and " ~ table ~ "version = " ~ journeys[name].version | int ~ ")") %}
    {% endfor %}
    ({{ broken | join(' and ') or '1 = 1' }})
{%- endmacro %}

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

{# False of who has ended, or stands at a node that the project says is no message: most of those inside wait. #}
{% macro may_stand_at_a_message(row='') -%}
    {{ row }}node is not null
    {%- for key, nodes in sluice.journey_nodes() | rejectattr('body.message', 'defined') | groupby('model') %}
        {%- set one = nodes | first %} and not (
            {{- row }}journey = '{{ one.journey }}' and {{ row }}version = {{ one.version }} and {{ row }}node in ('{{ nodes | map(attribute='node') | join("', '") }}'))
    {%- endfor %}
{%- endmacro %}
