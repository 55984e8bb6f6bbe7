{# The logical time of the run: a naive UTC timestamp. The only clock a model may read. #}
{% macro as_of() -%}
    cast('{{ sluice.as_of_text() }}' as timestamp)
{%- endmacro %}

{# The same as text, "2026-06-29 13:00:00". #}
{% macro as_of_text() -%}
    {{ return(var('as_of', '') or run_started_at.strftime('%Y-%m-%d %H:%M:%S')) }}
{%- endmacro %}

{# The moment `days` before as_of(). #}
{% macro days_before(days) -%}
    {{ sluice.as_of() }} - interval '{{ days }}' day
{%- endmacro %}
