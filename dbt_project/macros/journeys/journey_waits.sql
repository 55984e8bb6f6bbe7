{#
    When a wait ends, or gives up, by the moment of arrival; null for the nodes that no time ends. `row` stands before the columns of
    wait_columns(). A wait until a date that has passed, or that is not known, ends on arrival.
#}
{% macro due_at(node, arrived_at, row='') -%}
    {%- if node.wait -%}
        {{ arrived_at }} + {{ sluice.interval_of(node.wait) }}
    {%- elif node.wait_for -%}
        {{ arrived_at }} + {{ sluice.interval_of(node.at_most) }}
    {%- elif node.wait_until -%}
        {%- set zone = node.get('time_zone') or sluice.setting('time_zone') -%}
        {%- if sluice.is_until_date(node) -%}
            {%- set day = 'cast(' ~ row ~ sluice.date_column(node.wait_until.attribute) ~ ' as timestamp)' -%}
            {%- set minus = ' - ' ~ sluice.interval_of(node.wait_until.minus) if node.wait_until.get('minus') else '' -%}
            greatest({{ arrived_at }}, coalesce({{ sluice.to_utc('(' ~ day ~ minus ~ ')', zone) }}, {{ arrived_at }}))
        {%- else -%}
            {%- set local = sluice.from_utc(arrived_at, zone) -%}
            {%- set clock = sluice.clock_on_day(node.wait_until | string, local, row) -%}
            case
                {% if node.wait_until == 'active_hours' %}when {{ sluice.is_hour_between(sluice.hour_of(local), row ~ 'active_from_hour', row ~ 'active_until_hour') }} then {{ arrived_at }}{% endif %}

                when {{ clock }} >= {{ local }} then {{ sluice.to_utc('(' ~ clock ~ ')', zone) }} else {{ sluice.to_utc('(' ~ clock ~ " + interval '1' day)", zone) }}
            end
        {%- endif -%}
    {%- else -%}
        cast(null as timestamp)
    {%- endif -%}
{%- endmacro %}

{#
    Whether somebody may move in this run: false of who waits for a time that has not come, and whom nothing else moves or ends. They are most of
    those inside, and no node of the pass reads them.
#}
{% macro may_move(nodes) -%}
    t.is_new or s.enrolment_id is not null or m.enrolment_id is not null or {{ sluice.no_time_holds(nodes) }}
{%- endmacro %}

{# False of a traveller `t` who waits for a time that has not come. #}
{% macro no_time_holds(nodes) -%}
    {% set waits = [] %}
    {% for name, node in (nodes or {}).items() if (node.wait or node.wait_until) and not sluice.is_until_date(node) and node.wait_until != 'active_hours' %}
        {% do waits.append((name, node)) %}
    {% endfor %}
    {% if waits -%}
        case t.node {% for name, node in waits %}when '{{ name }}' then {{ sluice.due_at(node, 't.arrived_at') }} <= {{ sluice.as_of() }} {% endfor %}else true end
    {%- else %}1 = 1
    {%- endif %}
{%- endmacro %}

{# The time of the day, or the beginning of the active hours, on the day of a local time. #}
{% macro clock_on_day(wait_until, local, row) -%}
    {%- if wait_until == 'active_hours' -%}
        {%- set hour = "lpad(cast(" ~ row ~ "active_from_hour as " ~ dbt.type_string() ~ "), 2, '0')" -%}
        cast(cast(cast({{ local }} as date) as {{ dbt.type_string() }}) || ' ' || {{ hour }} || ':00:00' as timestamp)
    {%- else -%}
        {%- set hour, minute = wait_until.split(':') -%}
        cast(cast({{ local }} as date) as timestamp) + interval '{{ hour | int }}' hour + interval '{{ minute | int }}' minute
    {%- endif -%}
{%- endmacro %}

{% macro is_until_date(node) %}{{ return((node.get('wait_until') or '') is mapping) }}{% endmacro %}

{# The column of pass_0 with a date of the contact's; an attribute may have any name. #}
{% macro date_column(attribute) %}{{ return('date_' ~ local_md5(attribute)[:8]) }}{% endmacro %}

{# The dates of contacts that the nodes wait for. #}
{% macro awaited_dates(nodes) %}
    {% set found = [] %}
    {% for node in (nodes or {}).values() if sluice.is_until_date(node) and node.wait_until.attribute not in found %}
        {% do found.append(node.wait_until.attribute) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# What waits need of a contact: its dates, and its active hours on the clock of the project. #}
{% macro names_of_wait_columns(nodes) %}
    {% set found = [] %}
    {% for attribute in sluice.awaited_dates(nodes) %}{% do found.append(sluice.date_column(attribute)) %}{% endfor %}
    {% if (nodes or {}).values() | selectattr('wait_until', 'defined') | selectattr('wait_until', 'equalto', 'active_hours') | list %}
        {% do found.extend(['active_from_hour', 'active_until_hour']) %}
    {% endif %}
    {{ return(found) }}
{% endmacro %}

{% macro wait_columns(nodes) %}
    {% set default = sluice.setting('default_active_hour') %}
    {% for column in sluice.names_of_wait_columns(nodes) %}
        {%- if column == 'active_from_hour' %}coalesce(h.{{ column }}, {{ default }}) as {{ column }},
        {%- elif column == 'active_until_hour' %}coalesce(h.{{ column }}, {{ (default + 2) % 24 }}) as {{ column }},
        {%- else %}{{ column }}.date_value as {{ column }},
        {%- endif %}
    {% endfor %}
{% endmacro %}

{% macro join_wait_columns(nodes) %}
    {% for attribute in sluice.awaited_dates(nodes) %}
        {%- set column = sluice.date_column(attribute) %}
    left join ({{ sluice.journey_dates(attribute) }}) as {{ column }} on t.contact_id = {{ column }}.contact_id
    {% endfor %}
    {%- if 'active_from_hour' in sluice.names_of_wait_columns(nodes) %}
    left join {{ ref('contact_channels') }} as h on t.contact_id = h.contact_id
    {%- endif %}
{% endmacro %}

{# A select of `places` as journey_positions has them: due_at by what the nodes, and the dates of the contacts, say now. #}
{% macro places_by_now(places) %}
    {% set waits, nodes = [], {} %}
    {% for one in sluice.journey_nodes() if one.model not in var('broken', []) and (one.body.wait or one.body.wait_until or one.body.wait_for) %}
        {% do waits.append(one) %}
        {% do nodes.update({one.model ~ '.' ~ one.node: one.body}) %}
    {% endfor %}
    select
        enrolment_id,
        journey,
        version,
        contact_id,
        node,
        step,
        arrived_at,
        case
            when is_stopped or not {{ sluice.is_version_computed() }} then due_at
            {% for one in waits %}
            when journey = '{{ one.journey }}' and version = {{ one.version }} and node = '{{ one.node }}' then {{ sluice.due_at(one.body, 'arrived_at') }}
            {% endfor %}
            else cast(null as timestamp)
        end as due_at,
        is_stopped
    from (
        select {{ sluice.wait_columns(nodes) }} t.*
        from {{ places }} as t
        {{ sluice.join_wait_columns(nodes) }}
    ) as w
{% endmacro %}
