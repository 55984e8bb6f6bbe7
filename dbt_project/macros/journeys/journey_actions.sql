{# The actions of all journeys: {journey, version, node, action, subject, points}; subject is the tag, score model, journey, list, call, pool or team. #}
{% macro journey_action_nodes() %}
    {% set found = [] %}
    {% for one in sluice.journey_nodes() if one.body.action is mapping %}
        {% set action = one.body.action.keys() | first %}
        {% set value = one.body.action[action] %}
        {% do found.append({
            'journey': one.journey, 'version': one.version, 'node': one.node, 'action': action,
            'subject': (value.get('score') or value.get('team')) if value is mapping else value,
            'points': value.get('points') if value is mapping else none, 'by': value.get('by') if value is mapping else none
        }) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# A select of the nodes with an action: what is given, or the team that is asked, as `name`; journey, version, node. #}
{% macro nodes_of_action(action, name) %}
    {% for one in sluice.journey_action_nodes() if one.action == action %}
    select {{ sluice.text_literal(one.subject) }} as {{ name }}, '{{ one.journey }}' as journey, cast({{ one.version }} as integer) as version, '{{ one.node }}' as node
    union all
    {% endfor %}
    select reason as {{ name }}, journey, version, to_node as node from ({{ sluice.no_moves() }}) as m
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
    where j.recorded_at < {{ sluice.as_of() }}{{ sluice.of_a_run('j.recorded_at') }}
    {% else %}
    select
        cast(null as bigint) as contact_id, cast(null as bigint) as action_key, cast(null as bigint) as enrolment_id,
        cast(null as {{ dbt.type_string() }}) as journey, cast(null as {{ dbt.type_string() }}) as node, cast(null as {{ dbt.type_string() }}) as action,
        cast(null as {{ dbt.type_string() }}) as subject, cast(null as integer) as points, cast(null as timestamp) as acted_at
    where 1 = 0
    {% endif %}
{% endmacro %}
