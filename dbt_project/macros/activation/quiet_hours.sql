{# Whether an hour lies in the hours from one until another, which may go over midnight. The same hour twice: never. #}
{% macro is_hour_within(hour, from_hour, until_hour) %}
    {% if from_hour <= until_hour %}{{ return(from_hour <= hour < until_hour) }}{% endif %}
    {{ return(hour >= from_hour or hour < until_hour) }}
{% endmacro %}

{# The hours of the day in which marketing may go out on a channel. Raises when the vars leave none. #}
{% macro sendable_hours(channel) %}
    {% set hours = [] %}
    {% for hour in range(24) if not sluice.is_hour_within(hour, sluice.setting('quiet_from_hour'), sluice.setting('quiet_until_hour')) %}
        {% if channel != 'sms' or sluice.is_hour_within(hour, sluice.setting('sms_from_hour'), sluice.setting('sms_until_hour')) %}{% do hours.append(hour) %}{% endif %}
    {% endfor %}
    {% if not hours %}
        {{ exceptions.raise_compiler_error('no hour is left to send ' ~ channel ~ ' in: correct vars.quiet_from_hour, quiet_until_hour, sms_from_hour, sms_until_hour') }}
    {% endif %}
    {{ return(hours) }}
{% endmacro %}

{# How many sendable hours follow on one another from an hour of the day; 24 when all are. #}
{% macro hours_open(hour, hours) %}
    {% set open = [] %}
    {% for step in range(24) if open | length == step and (hour + step) % 24 in hours %}{% do open.append(step) %}{% endfor %}
    {{ return(open | length) }}
{% endmacro %}

{#
    Seconds from the start of an hour of the day, a column, until the window of a channel closes; 0 where it is not open. Clocks less
    far ahead stand in the same window, and so do all clocks between: the western end of a country is asked, with what the eastern
    end is ahead of it.
#}
{% macro seconds_open(hour, channel) -%}
    {% set hours = sluice.sendable_hours(channel) %}
    3600 * case {{ hour }}
        {% for one in hours %}
        when {{ one }} then {{ sluice.hours_open(one, hours) }}
        {% endfor %}
        else 0
    end
{%- endmacro %}

{# Among moments from the run on: the first that is open; null when that is the run itself, a day later where none is. #}
{% macro first_opening(moment, is_open) -%}
    nullif(coalesce(min(case when {{ is_open }} then {{ moment }} end), {{ sluice.as_of() }} + interval '1' day), {{ sluice.as_of() }})
{%- endmacro %}

{# The moment of the run, and the quarters of an hour from its hour on, for 26 hours: clocks of all time zones strike their hours at one. #}
{% macro quarters_of_a_day() -%}
    select {{ sluice.as_of() }} as moment
    {% for quarter in range(1, 4 * 26 + 1) %}
    union all
    select date_trunc('hour', {{ sluice.as_of() }}) + interval '{{ 15 * quarter }}' minute as moment
    {% endfor %}
{%- endmacro %}

{# Whether an hour of the day lies in the hours from one column until another, which may go over midnight. #}
{% macro is_hour_between(hour, from_hour, until_hour) -%}
    case
        when {{ from_hour }} <= {{ until_hour }} then {{ hour }} >= {{ from_hour }} and {{ hour }} < {{ until_hour }}
        else {{ hour }} >= {{ from_hour }} or {{ hour }} < {{ until_hour }}
    end
{%- endmacro %}
