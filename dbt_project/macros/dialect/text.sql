{# A SQL literal, of the type of texts; null for none and for what is not defined. #}
{% macro text_literal(value) -%}
    {% if value is none or value is not defined %}cast(null as {{ dbt.type_string() }}){% else %}{{ return(adapter.dispatch('text_literal', 'sluice')(value | string)) }}{% endif %}
{%- endmacro %}

{# Text literals of a list, for `in (...)`. #}
{% macro text_literals(values) -%}
    {% for value in values %}{{ sluice.text_literal(value) }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}

{% macro default__text_literal(value) -%}
    cast('{{ value | replace("'", "''") }}' as {{ dbt.type_string() }})
{%- endmacro %}

{% macro spark__text_literal(value) -%}
    cast('{{ value | replace("\\", "\\\\") | replace("'", "\\'") }}' as string)
{%- endmacro %}

{#
    Each character of `from` replaced by the one at its place in `to`, two constants of equal length without quotes. For long tables:
    DuckDB's translate() builds the table anew for each row (2,400 pairs: 135 µs a row, a constant map 6 µs).
#}
{% macro translate_long(text, from, to) -%}
    {{ return(adapter.dispatch('translate_long', 'sluice')(text, from, to)) }}
{%- endmacro %}

{% macro default__translate_long(text, from, to) -%}
    translate({{ text }}, '{{ from }}', '{{ to }}')
{%- endmacro %}

{% macro duckdb__translate_long(text, from, to) -%}
    array_to_string(list_transform(string_split({{ text }}, ''),
        lambda letter: coalesce(map(string_split('{{ from }}', ''), string_split('{{ to }}', ''))[letter], letter)), '')
{%- endmacro %}

{# `width` letters of an ASCII constant, from the letter at `index` (from 0) times `width`. Constant time, whatever the length. #}
{% macro table_entry(table, index, width) -%}
    {{ return(adapter.dispatch('table_entry', 'sluice')(table, index, width)) }}
{%- endmacro %}

{% macro default__table_entry(table, index, width) -%}
    substr('{{ table }}', ({{ index }}) * {{ width }} + 1, {{ width }})
{%- endmacro %}

{# substr() on text walks over all letters before the place; on bytes it does not. #}
{% macro postgres__table_entry(table, index, width) -%}
    encode(substr('{{ table }}'::bytea, ({{ index }}) * {{ width }} + 1, {{ width }}), 'escape')
{%- endmacro %}

{# The least number of single-letter edits from one text to the other. #}
{% macro edit_distance(a, b) -%}
    {{ return(adapter.dispatch('edit_distance', 'sluice')(a, b)) }}
{%- endmacro %}

{% macro default__edit_distance(a, b) -%}
    levenshtein({{ a }}, {{ b }})
{%- endmacro %}

{# Of the extension fuzzystrmatch, by a function in our own schema: wherever the extension is. #}
{% macro postgres__edit_distance(a, b) -%}
    {{ adapter.quote(target.schema) }}.edit_distance({{ a }}, {{ b }})
{%- endmacro %}

{# What a warehouse must have before the first model: on Postgres the extension that edit_distance() calls. #}
{% macro create_extensions() -%}
    {% if target.type == 'postgres' and flags.WHICH in ('build', 'run', 'test') %}
create schema if not exists {{ adapter.quote(target.schema) }};
create extension if not exists fuzzystrmatch schema {{ adapter.quote(target.schema) }}
    {% endif %}
{%- endmacro %}

{#
    At the end of a subquery: its columns are computed once, however often the query around it names them. Postgres would otherwise write
    the expressions into one another, and end out of memory; the others compute common expressions once by themselves.
#}
{% macro computed_once() -%}
    {{ return(adapter.dispatch('computed_once', 'sluice')()) }}
{%- endmacro %}

{% macro default__computed_once() -%}
{%- endmacro %}

{% macro postgres__computed_once() -%}
    offset 0
{%- endmacro %}

{# The texts of a group joined in an order; null ones are left out. Null when nothing is left. #}
{% macro joined_texts(text, separator, order_by) -%}
    {{ return(adapter.dispatch('joined_texts', 'sluice')(text, separator, order_by)) }}
{%- endmacro %}

{% macro default__joined_texts(text, separator, order_by) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{% macro spark__joined_texts(text, separator, order_by) -%}
    array_join(transform(array_sort(collect_list(
        case when ({{ text }}) is not null then named_struct('place', {{ order_by }}, 'word', {{ text }}) end
    )), one -> one.word), '{{ separator }}')
{%- endmacro %}

{# Each letter and its marks as one character where there is one (Unicode form NFC). Spark has no such function: the text stays. #}
{% macro composed(text) -%}
    {{ return(adapter.dispatch('composed', 'sluice')(text)) }}
{%- endmacro %}

{% macro default__composed(text) -%}
    {{ text }}
{%- endmacro %}

{% macro duckdb__composed(text) -%}
    nfc_normalize({{ text }})
{%- endmacro %}

{% macro postgres__composed(text) -%}
    normalize({{ text }}, nfc)
{%- endmacro %}
