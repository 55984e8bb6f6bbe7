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

{#
    The last move of every enrolment, by the CTEs moves (some of a history) and kept (what was folded before: enrolment_id, entered_at,
    move_count): the CTE final, of those who are in moves.
#}
{% macro fold_moves() %}
numbers as (
    -- an aggregate: a window would sort the moves of all who wait
    select enrolment_id, max(step) as step, min(moved_at) as entered_at, count(*) as move_count from moves group by enrolment_id
),

final as (
    select
        m.enrolment_id,
        m.journey,
        m.version,
        m.contact_id,
        coalesce(k.entered_at, n.entered_at) as entered_at,
        m.step,
        m.to_node as node,
        m.reason,
        m.moved_at,
        m.due_at,
        m.recorded_at,
        cast(coalesce(k.move_count, 0) + n.move_count as bigint) as move_count
    from numbers as n
    inner join moves as m on n.enrolment_id = m.enrolment_id and n.step = m.step
    left join kept as k on n.enrolment_id = k.enrolment_id
)
{% endmacro %}

{#
    For a hook of int_journey_last_moves: all that is kept goes, and is folded anew, where a run of an earlier time takes moves back, or where the
    history has not the moves that were folded (an erasure, rows deleted by age or by hand).
#}
{% macro forget_moves_that_went() %}
    {% set history = sluice.existing_relation('journey_transitions') %}
    {% set last = var('last_run', none) %}
    {{ sluice.delete_rows(
        'exists (select 1 from ' ~ this ~ ' as k where k.recorded_at >= ' ~ sluice.as_of()
        ~ (" or k.recorded_at > cast('" ~ last ~ "' as timestamp)" if last else '') ~ ') or (select sum(k.move_count) from ' ~ this ~ ' as k) <> '
        ~ '(select count(*) from ' ~ history ~ ' as h where h.recorded_at <= (select max(k.recorded_at) from ' ~ this ~ ' as k))'
        if history else '1 = 1'
    ) }}
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

{#
    Who stands at a message of a journey: its candidates, one an enrolment. An enrolment's id is made of what started it (journey_entries.sql), and
    so the event that let it in is found.
#}
{% macro journey_candidates(message) %}
    {% set context = message.settings.get('context') or {} %}
    {% set drawn = context.values() | select('mapping') | list %}
    {% set pairs = {} %}
    {% for key, value in context.items() %}{% do pairs.update({key: sluice.journey_value(value)}) %}{% endfor %}
    {% if message.gives_coupons %}{% do pairs.update({'coupon': 'k.code'}) %}{% endif %}
    select
        '{{ message.campaign }}' as campaign,
        p.contact_id,
        cast(p.enrolment_id as {{ dbt.type_string() }}) as occurrence,
        {{ sluice.json_of_known(pairs) if drawn or message.gives_coupons else sluice.text_literal(tojson(context)) }} as context,
        p.arrived_at
    from {{ ref('int_journey_places') }} as p
    {% if message.gives_coupons %}left join {{ ref('int_enrolment_coupons') }} as k on p.enrolment_id = k.enrolment_id
    {% endif %}
    {% if drawn | selectattr('event', 'defined') | list %}left join {{ ref('contact_events') }} as e
        on e.event_type = {{ sluice.text_literal(message.event or '') }}
        and p.enrolment_id = {{ sluice.hash_bigint(["'enrolment'", "'" ~ message.journey ~ "'", 'e.event_key']) }}
    {% endif %}

    where p.journey = '{{ message.journey }}' and p.version = {{ message.version | int }} and p.node = '{{ message.node }}'
{% endmacro %}

{# The SQL of one value of a context: of the event, a column where there is one of this name, else a property. #}
{% macro journey_value(value) %}
    {% if value is not mapping %}{{ return(sluice.text_literal(value) if value is string else value | string | lower) }}{% endif %}
    {% if value.attribute %}{{ return(sluice.attribute(value.attribute, 'p.contact_id')) }}{% endif %}
    {% if value.event in sluice.names_of_subject() %}{{ return('e.subject') }}{% endif %}
    {% if value.event == 'amount' %}{{ return('cast(cast(e.amount as decimal(18, 2)) as ' ~ dbt.type_string() ~ ')') }}{% endif %}
    {% if value.event in ('event_id', 'subject', 'currency', 'utm_source', 'utm_medium', 'utm_campaign', 'qr_code') %}{{ return('e.' ~ value.event) }}{% endif %}
    {{ return(sluice.event_property(value.event, 'e.properties')) }}
{% endmacro %}
