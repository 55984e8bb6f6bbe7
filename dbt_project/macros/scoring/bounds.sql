{# The smaller of an expression and a limit, where there is a limit. #}
{% macro least_of(expression, limit) -%}
    {{ expression if limit is none or limit is not defined else 'least(' ~ expression ~ ', ' ~ limit ~ ')' }}
{%- endmacro %}

{# An expression kept between two limits, each of which may be missing. #}
{% macro between_of(expression, floor, ceiling) -%}
    {% set raised = expression if floor is none or floor is not defined else 'greatest(' ~ expression ~ ', ' ~ floor ~ ')' %}
    {{- least_of(raised, ceiling) -}}
{%- endmacro %}

{# The first band, from high to low, that a total reaches. #}
{% macro band_of(total, bands) -%}
    {% if not bands %}cast(null as {{ dbt.type_string() }}){% else -%}
    case{% for band in bands %} when {{ total }} >= {{ band["from"] }} then '{{ band.band }}'{% endfor %} else '{{ bands[-1].band }}' end
    {%- endif %}
{%- endmacro %}
