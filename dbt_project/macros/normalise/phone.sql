{#
    A phone number in E.164. Chinese mobiles are recognised with or without +86 / 0086 / 86, in half or full width,
    with any separators; any other number needs its +country code. Null when it is no phone number.
#}
{% macro normalise_phone(column) -%}
    {% set half_width = "translate(" ~ column ~ ", '０１２３４５６７８９＋', '0123456789+')" %}
    {% set digits = regexp_replace_all(regexp_replace_all(half_width, '[.]0$', ''), '[^0-9]', '') %}
    case
        when {{ regexp_like(digits, '^(0086|86)?1[3-9][0-9]{9}$') }} then '+86' || right({{ digits }}, 11)
        when {{ regexp_like(half_width, '^ *[+]') }} and {{ regexp_like(digits, '^[1-9][0-9]{7,14}$') }}
            and not {{ regexp_like(digits, '^86') }} then '+' || {{ digits }}
    end
{%- endmacro %}
