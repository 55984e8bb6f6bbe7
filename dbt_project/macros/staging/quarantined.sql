{#
    The rows of a raw table that were quarantined as a whole, with some of their columns as text. A no whose time cannot be read is a no all
    the same. A line with too few or too many cells is read by the header, as far as both go.
#}
{% macro quarantined(table, columns) %}
    select
        {% for name in columns %}
        {{ sluice.text_in_json('row_text', name) }} as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ source('quarantine', 'quarantine') }}
    where table_name = '{{ table }}' and row_text like '{%- raw %}{%{% endraw %}'
{% endmacro %}

{# The text that a flat JSON object has for a key; null for none. Backslashes stay as they are. #}
{% macro text_in_json(column, key) -%}
    {% set pattern = '^.*"' ~ key ~ '":"([^"]*)".*$' %}
    case when {{ sluice.regexp_like(column, pattern) }} then {{ sluice.regexp_replace_all(column, pattern, '\\1') }} end
{%- endmacro %}
