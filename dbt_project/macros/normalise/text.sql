{#
    Text without outer spaces of any kind (half and full width, tab, line end, NBSP, zero width) and without zero-width marks inside;
    null when nothing is left, or only a word for "none". Any length: no pattern is matched, a text of 1 MB takes 2 ms.
#}
{% macro normalise_text(column) -%}
    {{ return(sluice.null_for_none(sluice.trim_text(column))) }}
{%- endmacro %}

{# Null for the words that mean "none", else the text. It names its text twice: cheap on a column, dear on an expression. #}
{% macro null_for_none(text) -%}
    {% set words = ['', '无', '暂无', '没有', '未知', '未填写', 'none', 'null', 'nil', 'n/a', 'na', 'nan', '#n/a', 'undefined', 'unknown', '-', '--', '/', '.'] %}
    case when lower({{ text }}) not in ('{{ words | join("', '") }}') then {{ text }} end
{%- endmacro %}

{# The text as text, without outer spaces of any kind and without U+200B, U+2060 and U+FEFF. #}
{% macro trim_text(column) -%}
    {% set marks = "translate(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '\u200b\u2060\ufeff', '')" %}
    {% set outer = ' \t\r\n\x0b\x0c　\u00a0\u2002\u2003\u2009\u202f\u200c\u200d\u200e\u200f' %}
    trim(both '{{ outer }}' from {{ marks }})
{%- endmacro %}

{# The same of a column. Nearly all ids are ASCII: of these only the outer spaces are to go, which is far quicker. #}
{% macro trimmed_text(column) -%}
    {% set text = "cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")" %}
    case when {{ sluice.regexp_like(text, '[^ -~]') }} then {{ sluice.trim_text(column) }} else trim({{ text }}) end
{%- endmacro %}

{# Full-width ASCII (U+FF01 to U+FF5E) in half width, and any kind of space as one plain space. #}
{% macro half_width(column) -%}
    {% set full = '！＂＃＄％＆（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～　\u00a0\u2002\u2003\u2009\u202f\t\r\n' %}
    {% set half = '!"#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~         ' %}
    translate({{ column }}, '{{ full }}', '{{ half }}')
{%- endmacro %}

{#
    The same of a text that is trimmed too. Nearly all texts are ASCII without tabs, and replacing a hundred characters of each takes fifty times
    as long as looking whether there is one.
#}
{% macro trimmed_half_width(column) -%}
    {% set text = "cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")" %}
    case when {{ sluice.regexp_like(text, '[^ -~]') }} then {{ sluice.half_width(sluice.trim_text(column)) }} else trim({{ text }}) end
{%- endmacro %}
