{#
    Traditional characters as simplified ones, one to one (2,500 characters that have one simplified form in GB 2312). What holds no
    traditional character is only looked at once. Several words of one character (乾/干) are not distinguished.
#}
{% macro to_simplified(text) -%}
    case
        when {{ sluice.regexp_like(text, '[' ~ sluice.traditional_characters() ~ ']') }}
            then {{ sluice.translate_long(text, sluice.traditional_characters(), sluice.simplified_characters()) }}
        else {{ text }}
    end
{%- endmacro %}
