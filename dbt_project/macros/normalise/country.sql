{# How a country is written, as a key of seeds/country_names.csv: small letters, no apostrophes, no spaces around. #}
{% macro country_key(column) -%}
    replace(replace(lower({{ sluice.trim_text(column) }}), '''', ''), '’', '')
{%- endmacro %}
