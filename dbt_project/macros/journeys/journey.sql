{#
    The moves of a journey in this run, from `config.meta.journey` of the model that calls it: {{ sluice.journey() }} is the whole of a
    models/journeys/steps_<name>.sql. One pass takes each enrolment through the nodes in topological order, as far as it can go by as_of(), each
    step at its own time. docs/journeys.md says what a node may be; the lint rule journey checks the same before a run.
#}
{% macro journey() %}
    {% set found = sluice.metas('journeys', 'steps_', 'journey') %}
    {% if model.name not in found %}
        {{ exceptions.raise_compiler_error(model.original_file_path ~ ": its yml has no config.meta.journey: see docs/journeys.md") if execute }}
        {{ return(sluice.no_moves()) }}
    {% endif %}
    {% set settings = found[model.name] %}
    {% if settings is not mapping or settings.nodes is not mapping %}
        {{ exceptions.raise_compiler_error(model.original_file_path ~ ": config.meta.journey, or nodes in it, is no mapping: see docs/journeys.md") if execute }}
        {{ return(sluice.no_moves()) }}
    {% endif %}
    {% if execute and not sluice.is_version(settings.version) %}
        {{ exceptions.raise_compiler_error(model.original_file_path ~ ": version is no whole number from 1 to 999999999") }}
    {% endif %}
    {% set name = sluice.journey_of(model.name) %}
    {% set order = sluice.journey_order(settings.nodes or {}) %}
    {{ sluice.refuse_same_version(name, settings, found) if execute }}
    {% if sluice.is_newest(model.name, found) %}{{ sluice.refuse_lowered_version(name, settings.version) }}{% endif %}
    {{ sluice.use_offers(settings.nodes) }}
with standing as (
    select * from {{ ref('int_journey_standing') }} where journey = '{{ name }}'
),

journey_actions as (
    {{ sluice.past_journey_actions() }}
),

{{ sluice.journey_entries(name, settings, sluice.is_newest(model.name, found)) }},

{{ sluice.journey_travellers(name, settings, found) }},

{{ sluice.journey_stops(name, settings) }},

{{ sluice.journey_first_moves(name, settings) }},

pass_0 as (
    select
        t.enrolment_id,
        t.contact_id,
        t.entered_at,
        t.step,
        coalesce(m.to_node, t.node) as node,
        coalesce(m.moved_at, t.arrived_at) as arrived_at,
        -- the message that earlier runs sent counts at the node where it was sent, and at the one that took its people over
        case when m.reason is null then t.node when m.reason = 'migrated' then m.to_node end as message_node,
        m.from_node as first_from,
        m.to_node as first_to,
        m.reason as first_reason,
        m.moved_at as first_at,
        -- one that a merge ends does nothing more: its contact's other enrolment may have done so
        case when not t.is_merged then coalesce(s.stopped_at, {{ sluice.as_of() }}) end as horizon,
        s.stopped_at,
        {{ sluice.wait_columns(settings.nodes) }}
        {{ sluice.offer_columns(settings.nodes) }}
        s.reason as stop_reason
    from travellers as t
    left join first_stops as s on t.enrolment_id = s.enrolment_id
    left join first_moves as m on t.enrolment_id = m.enrolment_id
    {{ sluice.join_wait_columns(settings.nodes) }}
    {{ sluice.join_offer_columns(settings.nodes) }}
    where {{ sluice.may_move(settings.nodes) }}
),

{% for node in order %}
{{ sluice.journey_pass(loop.index, node, settings) }},

{% endfor %}
{{ sluice.journey_moves(name, settings, order) }}

select * from final
{% endmacro %}

{# The name of a journey: of its model, without steps_, and of an earlier version without __v<N>. #}
{# What a version may be: the tables of journeys hold those of all. #}
{% macro is_version(value) %}{{ return(modules.re.fullmatch('[1-9][0-9]{0,8}', value | string) is not none) }}{% endmacro %}

{% macro journey_of(name) %}{{ return(modules.re.sub('__v\\d+$', '', name[6:])) }}{% endmacro %}

{# Whether a model takes contacts in: the newest version of its journey, or the one that a back-test tries. #}
{% macro is_newest(name, journeys) %}
    {% set tried = var('backtest', {}).get('model') %}
    {% if tried %}{{ return(name == tried) }}{% endif %}
    {% for other, settings in journeys.items() if other != name and sluice.journey_of(other) == sluice.journey_of(name) %}
        {% if settings is mapping and settings.version > journeys[name].version %}{{ return(false) }}{% endif %}
    {% endfor %}
    {{ return(true) }}
{% endmacro %}

{# A select of no move. #}
{% macro no_moves() %}
    select cast(null as bigint) as enrolment_id, cast(null as {{ dbt.type_string() }}) as journey, cast(null as integer) as version,
        cast(null as bigint) as contact_id, cast(null as integer) as step, cast(null as {{ dbt.type_string() }}) as from_node,
        cast(null as {{ dbt.type_string() }}) as to_node, cast(null as {{ dbt.type_string() }}) as reason, cast(null as timestamp) as moved_at,
        cast(null as timestamp) as due_at, cast(null as {{ dbt.type_string() }}) as drawn
    where 1 = 0
{% endmacro %}

{# The nodes so that each comes after all that lead to it. Raises for a node that is none, and for a loop. #}
{% macro journey_order(nodes) %}
    {% set order = [] %}
    {% for _ in nodes %}
        {% for name in nodes if name not in order %}
            {% set before = [] %}
            {% for other, node in nodes.items() if other not in order and name in sluice.journey_targets(node) %}{% do before.append(other) %}{% endfor %}
            {% if not before %}{% do order.append(name) %}{% endif %}
        {% endfor %}
    {% endfor %}
    {% for name, node in nodes.items() if execute %}
        {% for target in sluice.journey_targets(node) if target not in nodes %}
            {{ exceptions.raise_compiler_error(model.original_file_path ~ ": the node " ~ name ~ " leads to " ~ target ~ ", and there is no such node") }}
        {% endfor %}
    {% endfor %}
    {% if order | length < nodes | length and execute %}
        {{ exceptions.raise_compiler_error(model.original_file_path ~ ": the nodes " ~ nodes.keys() | reject('in', order) | join(', ')
            ~ " are in a loop; end the journey and let reentry take the contact in again") }}
    {% endif %}
    {{ return(order) }}
{% endmacro %}

{# The nodes that a node leads to. #}
{% macro journey_targets(node) %}
    {% set found = [] %}
    {% for key in ['next', 'on_timeout', 'on_none', 'on_suppressed', 'else'] if node.get(key) %}{% do found.append(node[key]) %}{% endfor %}
    {% for one in node.get('branch') or [] if one.next %}{% do found.append(one.next) %}{% endfor %}
    {% for name in node.get('split') or {} %}{% do found.append(name) %}{% endfor %}
    {{ return(found) }}
{% endmacro %}
