{# The type of 64-bit floating-point numbers. #}
{% macro type_double() -%}
    {{ return(adapter.dispatch('type_double', 'sluice')()) }}
{%- endmacro %}

{% macro default__type_double() -%}
    double precision
{%- endmacro %}

{% macro spark__type_double() -%}
    double
{%- endmacro %}

{#
    A floating number to at most six decimals, the same on every warehouse; beyond 1e11 it is 1e11, and null is null: `greatest` would leave it
    out, and give the bound.
#}
{% macro rounded(number, decimals) -%}
    case
        when {{ number }} is not null
            then cast(cast(least(greatest({{ number }}, -1e11), 1e11) as decimal(18, {{ decimals }})) as {{ sluice.type_double() }})
    end
{%- endmacro %}

{# A relation of one column n: the whole numbers from 1 to `count`. #}
{% macro numbers(count) -%}
    {{ return(adapter.dispatch('numbers', 'sluice')(count)) }}
{%- endmacro %}

{% macro default__numbers(count) -%}
    (select cast(g.n as integer) as n from generate_series(1, {{ count }}) as g (n))
{%- endmacro %}

{% macro spark__numbers(count) -%}
    (select explode(sequence(1, {{ count }})) as n)
{%- endmacro %}
