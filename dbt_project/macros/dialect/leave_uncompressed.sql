{# At the start of a build in a file that is thrown away: DuckDB does not look for the best way to compress each column, a tenth of its work. #}
{% macro leave_uncompressed() -%}
    {% if target.type == 'duckdb' and var('is_thrown_away', false) %}set force_compression = 'uncompressed'{% endif %}
{%- endmacro %}
