{# Text without outer spaces (half and full width); null when nothing is left, or only a word for "none". #}
{% macro normalise_text(column) -%}
    {% set trimmed = regexp_replace_all("cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")", '(^[ \t　]+|[ \t　]+$)', '') %}
    case when lower({{ trimmed }}) not in ('', '无', '暂无', 'none', 'null', 'n/a', 'na', '-') then {{ trimmed }} end
{%- endmacro %}
