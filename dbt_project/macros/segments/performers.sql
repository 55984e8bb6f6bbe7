{# Contacts who did something often enough in a window: the query behind performed(). #}
{% macro performers(event_type, where, at_least, within) %}
        select e.contact_id
        from (select *, {{ sluice.event_words() }} from {{ ref('contact_events') }}) as e
        where e.event_type = '{{ event_type }}'
            and not e.is_machine
            {% if where %}and ({{ where }}){% endif %}
            {% if within %}and e.occurred_at > {{ sluice.as_of() }} - {{ sluice.interval_of(within) }}{% endif %}
        group by e.contact_id
        {% if at_least > 1 %}having count(*) >= {{ at_least | int }}{% endif %}
{% endmacro %}

{# The names people use for the subject of an event. #}
{% macro names_of_subject() %}{{ return(['page', 'form', 'campaign', 'product', 'stage', 'menu_key', 'message_kind']) }}{% endmacro %}

{# The subject of an event under these names. #}
{% macro event_words() -%}
    {% for name in sluice.names_of_subject() %}subject as {{ name }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}

{# '7 days' as an SQL interval. Raises for anything but a whole number of hours, days or weeks. #}
{% macro interval_of(within) -%}
    {% set parts = modules.re.match('^\s*(\d+)\s+(hour|day|week)s?\s*$', within | string) %}
    {% if not parts %}
        {{ exceptions.raise_compiler_error("within='" ~ within ~ "' is no window: write within='7 days', '24 hours' or '2 weeks'") }}
    {% endif %}
    {% set count, unit = parts.group(1) | int, parts.group(2) %}
    {{- "interval '" ~ (count * 7 if unit == 'week' else count) ~ "' " ~ ('day' if unit == 'week' else unit) -}}
{%- endmacro %}

{# A condition in words, as a comment. #}
{% macro segment_words(what, where, at_least, within) -%}
    {% set often = ' at least ' ~ at_least ~ ' times' if at_least > 1 else '' %}
    {% set narrowed = ' where ' ~ where if where else '' %}
    {% set window = ' within ' ~ within if within else '' %}
    {{- '/* ' ~ (what ~ often ~ narrowed ~ window) | replace('*/', '') ~ ' */' -}}
{%- endmacro %}
