{# The actions of all journeys: {journey, version, node, action, subject, points}; subject is the tag, score model or journey. #}
{% macro journey_action_nodes() %}
    {% set found = [] %}
    {% for name, settings in sluice.metas('journeys', 'steps_', 'journey').items() %}
        {% for node, body in (settings.nodes or {}).items() if body.action %}
            {% set action = body.action.keys() | first %}
            {% set value = body.action[action] %}
            {% do found.append({
                'journey': sluice.journey_of(name), 'version': settings.version | int, 'node': node, 'action': action,
                'subject': value.score if value is mapping else value, 'points': value.points if value is mapping else none
            }) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#
    What journeys did in earlier runs, under today's ids: read without an edge of the graph, since journeys stand below tags and scores. A select
    of nothing before the first run.
#}
{% macro past_journey_actions() %}
    {% set actions = sluice.existing_relation('journey_actions') %}
    {% if not execute %}{% do ref('contact_aliases') %}{% endif %}
    {% if actions %}
    select
        coalesce(a.contact_id, j.contact_id) as contact_id,
        {{ sluice.hash_bigint(["'action'", 'j.enrolment_id', 'j.step']) }} as action_key,
        j.enrolment_id, j.journey, j.node, j.action, j.subject, j.points, j.acted_at
    from {{ actions }} as j
    left join {{ ref('contact_aliases') }} as a on j.contact_id = a.retired_contact_id
    where j.recorded_at < {{ sluice.as_of() }}
    {% else %}
    select
        cast(null as bigint) as contact_id, cast(null as bigint) as action_key, cast(null as bigint) as enrolment_id,
        cast(null as {{ dbt.type_string() }}) as journey, cast(null as {{ dbt.type_string() }}) as node, cast(null as {{ dbt.type_string() }}) as action,
        cast(null as {{ dbt.type_string() }}) as subject, cast(null as integer) as points, cast(null as timestamp) as acted_at
    where 1 = 0
    {% endif %}
{% endmacro %}
