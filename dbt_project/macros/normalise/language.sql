{# How a language is written, as a key of seeds/language_names.csv: small letters, hyphens for spaces and underscores. #}
{% macro language_key(column) -%}
    replace(replace(lower({{ sluice.trim_text(column) }}), '_', '-'), ' ', '-')
{%- endmacro %}

{# A key without its region: de of de-at. #}
{% macro language_base(key) -%}
    {{ dbt.split_part(key, "'-'", 1) }}
{%- endmacro %}
