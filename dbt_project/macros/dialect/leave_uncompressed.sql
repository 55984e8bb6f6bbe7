{# At the start of a build in a file that is thrown away: to choose how each column is compressed costs more there than it saves. #}
{% macro leave_uncompressed() -%}
    {% if target.type == 'duckdb' and var('is_thrown_away', false) %}set force_compression = 'uncompressed'{% endif %}
{%- endmacro %}
