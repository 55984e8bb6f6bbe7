{#
    Before a model: the session's time zone is UTC, whatever the machine's or the server's is. DuckDB and Spark get it in the profile,
    Postgres, which has no such setting there, by each model for its session.
#}
{% macro pin_time_zone() -%}
    {% if target.type == 'postgres' %}set time zone 'UTC'{% endif %}
{%- endmacro %}

{# A time of a source as naive UTC, whether it is a moment (timestamp with time zone), naive UTC already, or a day: every session is in UTC. #}
{% macro naive_utc(expression) -%}
    cast({{ expression }} as timestamp)
{%- endmacro %}

{# A naive local timestamp of a time zone, as naive UTC. #}
{% macro to_utc(column, time_zone) -%}
    {{ return(adapter.dispatch('to_utc', 'sluice')(column, time_zone)) }}
{%- endmacro %}

{% macro default__to_utc(column, time_zone) -%}
    (({{ column }} at time zone '{{ time_zone }}') at time zone 'UTC')
{%- endmacro %}

{% macro spark__to_utc(column, time_zone) -%}
    to_utc_timestamp({{ column }}, '{{ time_zone }}')
{%- endmacro %}

{# Whole days from one timestamp to a later one, by calendar date in UTC. #}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between', 'sluice')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    cast(cast({{ later }} as date) - cast({{ earlier }} as date) as integer)
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
    datediff(cast({{ later }} as date), cast({{ earlier }} as date))
{%- endmacro %}

{# Seconds since 1970 of a naive UTC timestamp, as BIGINT. #}
{% macro epoch_seconds(column) -%}
    {{ return(adapter.dispatch('epoch_seconds', 'sluice')(column)) }}
{%- endmacro %}

{% macro default__epoch_seconds(column) -%}
    cast(extract(epoch from {{ column }}) as bigint)
{%- endmacro %}

{% macro spark__epoch_seconds(column) -%}
    unix_timestamp({{ column }})
{%- endmacro %}

{# A naive UTC timestamp, as the naive local one of a time zone. #}
{% macro from_utc(column, time_zone) -%}
    {{ return(sluice.from_utc_in(column, "'" ~ time_zone ~ "'")) }}
{%- endmacro %}

{# The same where the time zone is a column. #}
{% macro from_utc_in(column, time_zone) -%}
    {{ return(adapter.dispatch('from_utc_in', 'sluice')(column, time_zone)) }}
{%- endmacro %}

{% macro default__from_utc_in(column, time_zone) -%}
    (({{ column }} at time zone 'UTC') at time zone {{ time_zone }})
{%- endmacro %}

{# Java 17 does not know a zone made in 2025; another has had its clock ever since. #}
{% macro spark__from_utc_in(column, time_zone) -%}
    from_utc_timestamp({{ column }}, case {{ time_zone }} when 'America/Coyhaique' then 'America/Punta_Arenas' else {{ time_zone }} end)
{%- endmacro %}

{# Hour of the day, 0 to 23. #}
{% macro hour_of(column) -%}
    cast(extract(hour from {{ column }}) as integer)
{%- endmacro %}

{# Month and day as one number: 0629. For "the same day each year" there is is_anniversary(). #}
{% macro day_and_month(column) -%}
    (extract(month from {{ column }}) * 100 + extract(day from {{ column }}))
{%- endmacro %}

{#
    True on the day of each year on which a date returns, in the marketer's time zone: birthdays, renewals, first orders. What happened on
    29 February returns in the other years on vars.leap_day_in_other_years: 02-28 or 03-01.
#}
{% macro is_anniversary(date) -%}
    {% set leap_day = sluice.leap_day_in_other_years() %}
    {% set today = sluice.from_utc(sluice.as_of(), sluice.setting('time_zone')) %}
    {% set neighbour = '(' ~ today ~ (' + ' if leap_day == '02-28' else ' - ') ~ "interval '1' day)" %}
    (
        {{ sluice.day_and_month(date) }} = {{ sluice.day_and_month(today) }}
        or (
            {{ sluice.day_and_month(date) }} = 229
            and {{ sluice.day_and_month(today) }} = {{ 228 if leap_day == '02-28' else 301 }}
            and {{ sluice.day_and_month(neighbour) }} = {{ 301 if leap_day == '02-28' else 228 }}
        )
    )
{%- endmacro %}

{# vars.leap_day_in_other_years: 02-28 or 03-01. Raises for anything else. #}
{% macro leap_day_in_other_years() %}
    {% set leap_day = sluice.setting('leap_day_in_other_years') | string %}
    {% if leap_day not in ('02-28', '03-01') %}
        {{ exceptions.raise_compiler_error("vars.leap_day_in_other_years is '" ~ leap_day ~ "': write \"02-28\" or \"03-01\", in quotes") }}
    {% endif %}
    {{ return(leap_day) }}
{% endmacro %}
