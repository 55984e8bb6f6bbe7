{#
    One node of the pass: the CTEs leave_<n>, which says when who leaves it, where to and why, and pass_<n>, where they stand then. Whoever
    leaves does so by the horizon: as_of(), or the moment that ended the enrolment.
#}
{% macro journey_pass(number, name, settings) %}
    {% set nodes, node = settings.nodes, settings.nodes[name] %}
    {% set offer = sluice.offer_of(node) %}
    {% set kind = sluice.node_kind(node) %}
    {% set before = 'pass_' ~ (number - 1) %}
    {% if kind == 'branch' %}{{ sluice.branch_words(number, name, node, before) }}
    {% elif kind == 'wait_for' %}{{ sluice.awaited_events(number, name, node, before) }}
    {% elif offer %}{{ sluice.journey_draws(number, name, settings, offer, before) }}
    {% endif %}
leave_{{ number }} as (
    select
        p.*,
        case when p.node = '{{ name }}' then {{ sluice.leaves_at(kind, number, node, name) }} end as left_{{ number }},
        {{ sluice.leads_to(kind, number, name, node) }} as to_{{ number }},
        {% if offer %}coalesce(p.{{ offer.column }}, w.item) as item_{{ number }},{% endif %}

        {{ sluice.leaves_for(kind, number, node) }} as why_{{ number }}
    from {{ before }} as p
    {% if kind == 'branch' %}{{ sluice.join_branch_words(number, node) }}
    {% elif kind == 'wait_for' %}left join event_{{ number }} as e on p.enrolment_id = e.enrolment_id
    {% elif offer %}left join draw_{{ number }} as w on p.enrolment_id = w.enrolment_id
    {% elif kind == 'message' %}left join {{ ref('int_journey_messages') }} as m on p.enrolment_id = m.enrolment_id and p.message_node = '{{ name }}'
    {% endif %}
    {% if kind in ('message', 'action') %}left join {{ ref('int_journey_merged_steps') }} as d on p.enrolment_id = d.enrolment_id and d.node = '{{ name }}'
    {% endif %}
),

pass_{{ number }} as (
    select
        enrolment_id,
        contact_id,
        entered_at,
        step,
        case when left_{{ number }} is null then node else to_{{ number }} end as node,
        coalesce(left_{{ number }}, arrived_at) as arrived_at,
        message_node,
        first_from,
        first_to,
        first_reason,
        first_at,
        horizon,
        stopped_at,
        stop_reason,
        {% for column in sluice.names_of_wait_columns(nodes) %}{{ column }}, {% endfor %}

        {% for column in sluice.names_of_offer_columns(nodes) %}
        {%- if offer and column == offer.column %}case when left_{{ number }} is not null then item_{{ number }} else {{ column }} end as {{ column }},
        {%- else %}{{ column }},
        {%- endif %}
        {% endfor %}

        {% for n in range(1, number + 1) %}left_{{ n }}, to_{{ n }}, why_{{ n }}{{ ', ' if not loop.last }}{% endfor %}

    from leave_{{ number }}
)
{% endmacro %}

{# What a node is: the first of its keys that names a kind. #}
{% macro node_kind(node) %}
    {% for kind in ['wait', 'wait_until', 'wait_for', 'branch', 'split', 'message', 'action', 'exit'] if kind in node %}{{ return(kind) }}{% endfor %}
    {{ exceptions.raise_compiler_error(model.original_file_path ~ ": a node is none of wait, wait_until, wait_for, branch, split, message, action, exit") if execute }}
    {{ return('exit') }}
{% endmacro %}

{# The moment a node is left, null while it is not. #}
{% macro leaves_at(kind, number, node, name) -%}
    {%- if kind in ('wait', 'wait_until') -%}
        case when {{ sluice.due_at(node, 'p.arrived_at', 'p.') }} <= p.horizon then {{ sluice.due_at(node, 'p.arrived_at', 'p.') }} end
    {%- elif kind == 'wait_for' -%}
        coalesce(e.occurred_at, case when {{ sluice.due_at(node, 'p.arrived_at', 'p.') }} <= p.horizon then {{ sluice.due_at(node, 'p.arrived_at', 'p.') }} end)
    {%- elif kind == 'message' -%}
        {%- set left = 'm.sent_at' if node.get('if_suppressed', 'skip') == 'wait' else 'coalesce(m.sent_at, m.suppressed_at)' -%}
        case
            when greatest({{ left }}, p.arrived_at) <= p.horizon and {{ left }} is not null then greatest({{ left }}, p.arrived_at)
            when d.enrolment_id is not null and p.arrived_at <= p.horizon then p.arrived_at
        end
    {%- elif sluice.offer_of(node) -%}
        {%- set moment = sluice.draws_at(name) -%}
        case when {{ moment }} <= p.horizon{% if not node.get('on_none') %} and (p.{{ sluice.offer_of(node).column }} is not null or w.item is not null or d.enrolment_id is not null){% endif %} then {{ moment }} end
    {%- else -%}
        case when p.arrived_at <= p.horizon then p.arrived_at end
    {%- endif -%}
{%- endmacro %}

{# The node that comes next; null ends the enrolment. #}
{% macro leads_to(kind, number, name, node) -%}
    {%- if kind == 'wait_for' -%}
        case when e.occurred_at is not null then {{ sluice.text_literal(node.get('next')) }} else {{ sluice.text_literal(node.get('on_timeout')) }} end
    {%- elif kind == 'branch' -%}
        case {% for one in node.branch %}when {{ sluice.branch_test(number, loop.index, one.when, [0]) }} then {{ sluice.text_literal(one.get('next')) }} {% endfor %}else {{ sluice.text_literal(node.get('else')) }} end
    {%- elif kind == 'split' -%}
        {%- set at = namespace(share=0) -%}
        case {{ sluice.rolled_out_split(model.name, name, node.split, 'p.arrived_at') }} {% for target, share in node.split.items() %}{% set at.share = at.share + share %}when {{ sluice.hash_bigint(["'split'", "'" ~ sluice.journey_of(model.name) ~ "'", "'" ~ name ~ "'", 'p.contact_id']) }} % 100 < {{ at.share }} then {{ sluice.text_literal(target) }} {% endfor %}end
    {%- elif kind == 'message' and (node.get('on_suppressed') or node.get('if_suppressed', 'skip') == 'exit') -%}
        case when m.sent_at is not null or m.suppressed_at is null then {{ sluice.text_literal(node.get('next')) }} else {{ sluice.text_literal(node.get('on_suppressed')) }} end
    {%- elif sluice.is_until_date(node) and node.get('if_missing') == 'exit' -%}
        case when p.{{ sluice.date_column(node.wait_until.attribute) }} is not null then {{ sluice.text_literal(node.get('next')) }} end
    {%- elif sluice.offer_of(node) and node.get('on_none') -%}
        case when p.{{ sluice.offer_of(node).column }} is not null or w.item is not null or d.enrolment_id is not null then {{ sluice.text_literal(node.get('next')) }} else {{ sluice.text_literal(node.on_none) }} end
    {%- elif kind == 'exit' -%}
        cast(null as {{ dbt.type_string() }})
    {%- else -%}
        {{ sluice.text_literal(node.get('next')) }}
    {%- endif -%}
{%- endmacro %}

{# Why a node is left. #}
{% macro leaves_for(kind, number, node) -%}
    {%- if kind == 'wait_for' -%}
        case when e.occurred_at is not null then 'happened' else 'timed_out' end
    {%- elif kind == 'branch' -%}
        case {% for one in node.branch %}when {{ sluice.branch_test(number, loop.index, one.when, [0]) }} then 'branch_{{ loop.index }}' {% endfor %}else 'else' end
    {%- elif kind == 'message' -%}
        case
            when m.sent_at is not null then 'sent'
            {% if node.get('if_suppressed', 'skip') != 'wait' %}when m.suppressed_at is not null then m.suppression_reason{% endif %}

            else 'done_before_merge'
        end
    {%- elif sluice.is_until_date(node) -%}
        case
            when p.{{ sluice.date_column(node.wait_until.attribute) }} is null then 'missing'
            when {{ sluice.due_at(node, 'p.arrived_at', 'p.') }} = p.arrived_at then 'past' else 'waited'
        end
    {%- elif kind == 'action' -%}
        case
            when d.enrolment_id is not null then 'done_before_merge'
            {% if sluice.offer_of(node) %}when p.{{ sluice.offer_of(node).column }} is null and w.item is null then 'none_left'{% endif %}

            else '{{ node.action.keys() | first }}'
        end
    {%- elif kind == 'exit' -%}
        {{ sluice.text_literal(node.exit) }}
    {%- else -%}
        '{{ "waited" if kind in ("wait", "wait_until") else kind }}'
    {%- endif -%}
{%- endmacro %}

{# The first of the awaited events after the arrival, by the deadline: the CTE event_<n>. #}
{% macro awaited_events(number, name, node, before) %}
event_{{ number }} as (
    select p.enrolment_id, min(e.occurred_at) as occurred_at
    from {{ before }} as p
    inner join {{ ref('contact_events') }} as e on p.contact_id = e.contact_id
    where
        p.node = '{{ name }}' and not e.is_machine and e.event_type = {{ sluice.text_literal(node.wait_for.performed) }}{{ sluice.journey_filter(node.wait_for.where) }}
        and e.occurred_at > p.arrived_at and e.occurred_at <= p.horizon and e.occurred_at <= {{ sluice.due_at(node, 'p.arrived_at', 'p.') }}
    group by p.enrolment_id
),
{% endmacro %}
