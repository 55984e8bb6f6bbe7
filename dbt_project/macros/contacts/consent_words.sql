{#
    A word of a consent statement as it is compared: half width, lower case, without spaces, hyphens, underscores and dots. So "Opt-out",
    "OPT_OUT" and " opt out" are one word. What it means: the seed consent_words.
#}
{% macro consent_word(column) -%}
    translate(lower({{ sluice.half_width(sluice.trim_text(column)) }}), ' -_.', '')
{%- endmacro %}

{# Each text that stands in a column of `relation`, with what it means: few spellings stand on many rows, each is read once. #}
{% macro read_words(relation, column, kind) %}
    select distinct w.written, k.meaning
    from (select distinct {{ column }} as written from {{ relation }}) as w
    inner join {{ ref('int_consent_words') }} as k on k.kind = '{{ kind }}' and {{ sluice.consent_word('w.written') }} = k.word
{% endmacro %}

{# The name of a source system as statements are matched by it. #}
{% macro source_key(column) -%}
    lower({{ sluice.trim_text(column) }})
{%- endmacro %}
