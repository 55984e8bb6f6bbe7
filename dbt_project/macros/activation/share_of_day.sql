{# The share of an audience by the number of days since a start, a column: the last of the list for all later days. #}
{% macro share_of_day(days, shares) -%}
    case
        {% for share in shares[:-1] %}
        when {{ days }} <= {{ loop.index0 }} then {{ share }}
        {% endfor %}
        else {{ shares | last }}
    end
{%- endmacro %}
