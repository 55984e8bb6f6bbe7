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
    {{ return(from_utc_in(column, "'" ~ time_zone ~ "'")) }}
{%- endmacro %}

{# The same where the time zone is a column. #}
{% macro from_utc_in(column, time_zone) -%}
    {{ return(adapter.dispatch('from_utc_in', 'sluice')(column, time_zone)) }}
{%- endmacro %}

{% macro default__from_utc_in(column, time_zone) -%}
    (({{ column }} at time zone 'UTC') at time zone {{ time_zone }})
{%- endmacro %}

{% macro spark__from_utc_in(column, time_zone) -%}
    from_utc_timestamp({{ column }}, {{ time_zone }})
{%- endmacro %}

{# Hour of the day, 0 to 23. #}
{% macro hour_of(column) -%}
    cast(extract(hour from {{ column }}) as integer)
{%- endmacro %}

{# Month and day as one number: 0629. A birthday on 29 February falls on it alone. #}
{% macro day_and_month(column) -%}
    (extract(month from {{ column }}) * 100 + extract(day from {{ column }}))
{%- endmacro %}
