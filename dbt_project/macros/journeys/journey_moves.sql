{# The moves of the pass as rows: the CTE final. 0 is the first move, then the nodes in their order, last what ended the enrolment from outside. #}
{% macro journey_moves(name, settings, order) %}
    {% set last = order | length + 1 %}
move_numbers as (
    {% for n in range(last + 1) %}select {{ n }} as move_number{{ ' union all ' if not loop.last }}{% endfor %}

),

moves as (
    select
        p.enrolment_id,
        p.contact_id,
        p.step,
        n.move_number,
        {% for column in sluice.names_of_wait_columns(settings.nodes) %}p.{{ column }}, {% endfor %}

        {{ sluice.drawn_of(settings.nodes, order) }} as drawn,

        case n.move_number when 0 then p.first_from {% for node in order %}when {{ loop.index }} then '{{ node }}' {% endfor %}when {{ last }} then p.node end as from_node,
        case n.move_number when 0 then p.first_to {% for node in order %}when {{ loop.index }} then p.to_{{ loop.index }} {% endfor %}end as to_node,
        case n.move_number when 0 then p.first_reason {% for node in order %}when {{ loop.index }} then p.why_{{ loop.index }} {% endfor %}when {{ last }} then p.stop_reason end as reason,
        case
            n.move_number when 0 then p.first_at
            {% for node in order %}when {{ loop.index }} then p.left_{{ loop.index }}
            {% endfor %}when {{ last }} then case when p.node is not null and p.stopped_at is not null then greatest(p.stopped_at, p.arrived_at) end
        end as moved_at
    from pass_{{ order | length }} as p
    cross join move_numbers as n
),

final as (
    select
        enrolment_id,
        '{{ name }}' as journey,
        cast({{ settings.version | int }} as integer) as version,
        contact_id,
        cast(step + row_number() over (partition by enrolment_id order by move_number) as integer) as step,
        from_node,
        to_node,
        reason,
        moved_at,
        case to_node {% for node in order %}when '{{ node }}' then {{ sluice.due_at(settings.nodes[node], 'moved_at') }} {% endfor %}end as due_at,
        drawn
    from moves
    where moved_at is not null
)
{% endmacro %}

{# The campaign that a message of a journey is: its name in the ledger, in decisions and in reports. #}
{% macro journey_campaign(journey, version, node) -%}
    {{ journey }} || '_v' || cast({{ version }} as {{ dbt.type_string() }}) || '_' || {{ node }}
{%- endmacro %}

{#
    The nodes of all journeys, those that cannot run included: {model, journey, version, node, body, settings}. A node whose body is no mapping is
    left out, a journey whose version is no number too, and of two files of one version (both are refused) one is taken.
#}
{% macro journey_nodes() %}
    {% set found, known = [], [] %}
    {% for model_name, settings in sluice.metas('journeys', 'steps_', 'journey').items() if settings is mapping and settings.nodes is mapping and sluice.is_version(settings.version) %}
        {% set journey, version = sluice.journey_of(model_name), settings.version | int %}
        {% if (journey, version) not in known %}
            {% do known.append((journey, version)) %}
            {% for node, body in settings.nodes.items() if body is mapping %}
                {% do found.append({
                    'model': model_name, 'journey': journey, 'version': version, 'node': node, 'body': body, 'settings': settings
                }) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# The messages of all journeys: {campaign, journey, version, node, settings, segment}. #}
{% macro journey_messages(with_broken=false) %}
    {% set found = [] %}
    {% for one in sluice.journey_nodes() if one.body.message is mapping and (with_broken or one.model not in var('broken', [])) %}
        {% set trigger = one.settings.trigger if one.settings.trigger is mapping else {} %}
        {% do found.append({
            'campaign': one.journey ~ '_v' ~ one.version ~ '_' ~ one.node, 'journey': one.journey, 'version': one.version, 'node': one.node,
            'settings': one.body.message, 'segment': trigger.get('segment'), 'event': trigger.get('event'),
            'gives_coupons': 'give_coupon' in tojson(one.settings.nodes)
        }) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# Who stands at a message of a journey: its candidates, one an enrolment. #}
{% macro journey_candidates(message) %}
    {% set context = message.settings.get('context') or {} %}
    {% set pairs, drawn = {}, sluice.drawn_values(context) %}
    {% for key, value in context.items() %}{% do pairs.update({key: sluice.journey_value(value, drawn)}) %}{% endfor %}
    {% if message.gives_coupons %}{% do pairs.update({'coupon': 'k.code'}) %}{% endif %}
    select
        '{{ message.campaign }}' as campaign,
        p.contact_id,
        cast(p.enrolment_id as {{ dbt.type_string() }}) as occurrence,
        {{ sluice.json_of_known(pairs) if drawn or message.gives_coupons else sluice.text_literal(tojson(context)) }} as context,
        p.arrived_at
    from {{ ref('journey_positions') }} as p
    {% if message.gives_coupons %}left join {{ ref('int_enrolment_coupons') }} as k on p.enrolment_id = k.enrolment_id
    {% endif %}
    {% if drawn.event %}left join ({{ sluice.events_of_enrolments(message, drawn.event) }}) as e on p.enrolment_id = e.enrolment_id
    {% endif %}
    {% if drawn.attribute %}left join ({{ sluice.attributes_in_turn(drawn.attribute) }}) as v on p.contact_id = v.contact_id
    {% endif %}

    where p.journey = '{{ message.journey }}' and p.version = {{ message.version | int }} and p.node = '{{ message.node }}'
{% endmacro %}

{# What a context takes from the event of the trigger and from attributes: {event: [names], attribute: [names]}, empty where it takes nothing. #}
{% macro drawn_values(context) %}
    {% set found = {} %}
    {% for value in context.values() if value is mapping %}
        {% for kind, name in value.items() %}
            {% do found.update({kind: (found.get(kind, []) + [name]) | unique | sort}) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# The SQL of one value of a context. #}
{% macro journey_value(value, drawn) %}
    {% if value is mapping and value.attribute %}{{ return('v.value_' ~ drawn.attribute.index(value.attribute)) }}{% endif %}
    {% if value is mapping %}{{ return('e.value_' ~ drawn.event.index(value.event)) }}{% endif %}
    {{ return(sluice.text_literal(value) if value is string else value | string | lower) }}
{% endmacro %}

{# The event that let an enrolment in, with its values value_0, value_1 ... by these names: a column where there is one, else a property. #}
{% macro events_of_enrolments(message, names) %}
    select
        {{ sluice.hash_bigint(["'enrolment'", "'" ~ message.journey ~ "'", 'event_key']) }} as enrolment_id
        {% for name in names %}, {{ sluice.event_value(name) }} as value_{{ loop.index0 }}{% endfor %}

    from {{ ref('contact_events') }}
    where event_type = {{ sluice.text_literal(message.event or '') }}
{% endmacro %}

{% macro event_value(name) %}
    {% if name in ('page', 'form', 'campaign', 'product', 'stage', 'menu_key', 'message_kind') %}{{ return('subject') }}{% endif %}
    {% if name == 'amount' %}{{ return('cast(cast(amount as decimal(18, 2)) as ' ~ dbt.type_string() ~ ')') }}{% endif %}
    {% if name in ('event_id', 'subject', 'currency', 'utm_source', 'utm_medium', 'utm_campaign', 'qr_code') %}{{ return(name) }}{% endif %}
    {{ return(sluice.event_property(name)) }}
{% endmacro %}

{# One row a contact with its attributes of these names as value_0, value_1 ... #}
{% macro attributes_in_turn(names) %}
    select
        contact_id
        {% for name in names %}, max(case when attribute = {{ sluice.text_literal(name) }} then attribute_value end) as value_{{ loop.index0 }}{% endfor %}

    from {{ ref('contact_attributes') }}
    group by contact_id
{% endmacro %}
