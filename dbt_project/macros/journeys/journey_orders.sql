{# vars.journey_handover, checked; an edge to the scorecard it names. #}
{% macro handover_rule() %}
    {% set rule = sluice.setting('journey_handover') or {} %}
    {% for key in rule if key not in ('score', 'event', 'where', 'since') and execute %}
        {{ exceptions.raise_compiler_error("vars.journey_handover: there is no " ~ key ~ "; it takes score: [model, points], event, where and since") }}
    {% endfor %}
    {% if rule.score %}{% do sluice.depend_on('scoring', 'scorecard_', rule.score[0], 'journey_handover') %}{% endif %}
    {{ return(rule) }}
{% endmacro %}

{#
    The first move of each traveller in this run, before the nodes: the CTE first_moves (enrolment_id, from_node, to_node, reason, moved_at).
    Who comes from an earlier version keeps the moment of arrival, so that a wait does not start anew; a move by hand is of its order's moment,
    of who stood at the node then.
#}
{% macro journey_first_moves(name, settings) %}
ordered_moves as (
    select
        t.enrolment_id,
        t.node as from_node,
        o.to_node,
        o.ordered_at,
        row_number() over (partition by t.enrolment_id order by o.ordered_at, o.order_id) as order_rank
    from travellers as t
    inner join {{ ref('int_journey_orders') }} as o
        on o.action = 'move' and o.journey = '{{ name }}' and o.from_node = t.node
        -- an order for somebody whom a merge made this contact since is not of this enrolment
        and (o.contact_id is null or o.ordered_for = t.moved_as or (o.ordered_for = t.contact_id and o.ordered_at >= t.merged_at))
    left join first_stops as s on t.enrolment_id = s.enrolment_id
    where
        not t.is_new and t.migrates_to is null and o.ordered_at > t.arrived_at
        and o.to_node in ('{{ (settings.nodes or {}).keys() | join("', '") }}')
        and (s.stopped_at is null or o.ordered_at < s.stopped_at)
),

first_moves as (
    select
        enrolment_id,
        case when not is_new then node end as from_node,
        coalesce(migrates_to, node) as to_node,
        case when is_new then 'entered' else 'migrated' end as reason,
        arrived_at as moved_at
    from travellers
    where is_new or migrates_to is not null
    union all
    select enrolment_id, from_node, to_node, 'moved_by_hand' as reason, ordered_at as moved_at from ordered_moves where order_rank = 1
)
{% endmacro %}

{# {node of an earlier version: node of this one}, by its version; several entries of one version add up. #}
{% macro migrations_of(settings) %}
    {% set found = {} %}
    {% for one in settings.get('migrate') or [] %}
        {% set known = found.get(one.from_version | int, {}) %}
        {% do known.update(one.nodes) %}
        {% do found.update({one.from_version | int: known}) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#
    The nodes of a version whose people a version above `above` takes over, whether or not it takes contacts in: a node that several name is of
    the highest, or somebody would stand in two versions at once.
#}
{% macro nodes_taken_over(name, journeys, version, above) %}
    {% set found = [] %}
    {% for other, settings in journeys.items() if settings is mapping and sluice.journey_of(other) == sluice.journey_of(name) %}
        {% if other not in var('broken', []) and sluice.is_version(settings.version) and settings.version | int > above %}
            {% do found.extend((sluice.migrations_of(settings).get(version) or {}).keys()) %}
        {% endif %}
    {% endfor %}
    {{ return(found | unique | list) }}
{% endmacro %}

{# The nodes of earlier versions whose people this one takes over, and no higher one: {node: node of this one}, by version. #}
{% macro migrations_to(name, journeys) %}
    {% set found = {} %}
    {% for version, nodes in sluice.migrations_of(journeys[name]).items() %}
        {% set own, taken = {}, sluice.nodes_taken_over(name, journeys, version, journeys[name].version | int) %}
        {% for old, new in nodes.items() if old not in taken %}{% do own.update({old: new}) %}{% endfor %}
        {% if own %}{% do found.update({version: own}) %}{% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
