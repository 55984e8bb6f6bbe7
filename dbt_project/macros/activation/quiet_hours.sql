{# The time zone in which the hours of a recipient are counted: decided here and nowhere else. Contacts have none of their own yet. #}
{% macro recipient_time_zone() -%}
    {{ return(var('time_zone')) }}
{%- endmacro %}

{# The logical time of the run on the recipient's clock. #}
{% macro recipient_now() -%}
    {{ return(from_utc(as_of(), recipient_time_zone())) }}
{%- endmacro %}

{# Whether an hour lies in the hours from one until another, which may go over midnight. The same hour twice: never. #}
{% macro is_hour_within(hour, from_hour, until_hour) %}
    {% if from_hour <= until_hour %}{{ return(from_hour <= hour < until_hour) }}{% endif %}
    {{ return(hour >= from_hour or hour < until_hour) }}
{% endmacro %}

{# The hours of the day in which marketing may go out on a channel. Raises when the vars leave none. #}
{% macro sendable_hours(channel) %}
    {% set hours = [] %}
    {% for hour in range(24) if not is_hour_within(hour, var('quiet_from_hour'), var('quiet_until_hour')) %}
        {% if channel != 'sms' or is_hour_within(hour, var('sms_from_hour'), var('sms_until_hour')) %}{% do hours.append(hour) %}{% endif %}
    {% endfor %}
    {% if not hours %}
        {{ exceptions.raise_compiler_error('no hour is left to send ' ~ channel ~ ' in: correct vars.quiet_from_hour, quiet_until_hour, sms_from_hour, sms_until_hour') }}
    {% endif %}
    {{ return(hours) }}
{% endmacro %}

{# When marketing may go out again on a channel, UTC, on the hour; null when it may now. #}
{% macro window_opens_at(channel) -%}
    {% set hours = sendable_hours(channel) %}
    case {{ hour_of(recipient_now()) }}
        {% for hour in range(24) if hour not in hours %}
        when {{ hour }} then {{ to_utc("(date_trunc('hour', " ~ recipient_now() ~ ") + interval '" ~ hours_until(hour, hours) ~ "' hour)", recipient_time_zone()) }}
        {% endfor %}
        when 24 then {{ as_of() }}
    end
{%- endmacro %}

{# Hours from one hour of the day to the next of a list. #}
{% macro hours_until(hour, hours) %}
    {% set waits = [] %}
    {% for other in hours %}{% do waits.append((other - hour) % 24) %}{% endfor %}
    {{ return(waits | min) }}
{% endmacro %}

{# Whether the recipient's clock stands in the hours from one column until another, which may go over midnight. #}
{% macro is_recipient_hour_within(from_hour, until_hour) -%}
    case
        when {{ from_hour }} <= {{ until_hour }}
            then {{ hour_of(recipient_now()) }} >= {{ from_hour }} and {{ hour_of(recipient_now()) }} < {{ until_hour }}
        else {{ hour_of(recipient_now()) }} >= {{ from_hour }} or {{ hour_of(recipient_now()) }} < {{ until_hour }}
    end
{%- endmacro %}
