{#
    A word of a consent statement as it is compared: half width, lower case, without spaces, hyphens, underscores and dots. So "Opt-out",
    "OPT_OUT" and " opt out" are one word. What it means: the seed consent_words.
#}
{% macro consent_word(column) -%}
    translate(lower({{ sluice.trimmed_half_width(column) }}), ' -_.', '')
{%- endmacro %}

{# Each text that stands in a column of `relation`, with what it means: few spellings stand on many rows, each is read once. #}
{% macro read_words(relation, column, kind) %}
    select distinct w.written, k.meaning
    from (select distinct {{ column }} as written from {{ relation }}) as w
    inner join {{ ref('int_consent_words') }} as k on k.kind = '{{ kind }}' and {{ sluice.consent_word('w.written') }} = k.word
{% endmacro %}

{# The name of a source system as statements are matched by it. #}
{% macro source_key(column) -%}
    lower({{ sluice.trimmed_half_width(column) }})
{%- endmacro %}

{#
    A record id in the form in which two ways to write it are one: half width, lower case, without quotes and spaces, a whole number without
    decimals. Leading zeros stay. For a no whose id no record has as it is written.
#}
{% macro record_id_fold(column) -%}
    {% set bare = "translate(lower(" ~ sluice.trimmed_half_width(column) ~ "), " ~ sluice.text_literal("'\"`´‘’“”„«» ") ~ ", '')" %}
    {{ sluice.regexp_replace_all(bare, '^([0-9]+)[.]0*$', '\\1') }}
{%- endmacro %}

{# The hash of an e-mail address or phone number as it is written, as int_record_addresses has it; null for what is neither. #}
{% macro written_address_hash(column) -%}
    {{ sluice.trimmed_address_hash('(' ~ sluice.trimmed_half_width(column) ~ ')') }}
{%- endmacro %}

{# The same of a text that is in half width and trimmed. A phone number has six digits at least. #}
{% macro trimmed_address_hash(text) -%}
    {% set hashed = "case when " ~ text ~ " like '%_@_%' then lower(" ~ text ~ ") when " ~ sluice.regexp_like(text, '([0-9][^0-9]*){6}') ~ " then "
        ~ sluice.normalise_phone(text) ~ " end" %}
    {{ sluice.sha256_hex(hashed) }}
{%- endmacro %}

{#
    Whether a time was still to come when its statement was landed. A no of a time that cannot be, or of none, counts from when it was
    landed, or from the run that saw it first.
#}
{% macro is_ahead(stated_at, landed_at, now=none) -%}
    coalesce({{ stated_at }} > coalesce({{ landed_at }}, {{ now or sluice.as_of() }}), false)
{%- endmacro %}
