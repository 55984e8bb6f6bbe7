{# Before a query of some hundred CTEs, each on the last: Spark's analyser gives up after 100 passes. Nothing elsewhere. #}
{% macro allow_long_queries() -%}
    {% if target.type == 'spark' %}set spark.sql.analyzer.maxIterations = 1000{% endif %}
{%- endmacro %}

{#
    At the start of a build. Of tables of some thirty columns of one value (an empty source: all null) Spark's optimizer infers that each
    equals each other one, and runs out of memory; without that it is done in a second. Nothing elsewhere.
#}
{% macro allow_wide_queries() -%}
    {% if target.type == 'spark' %}set spark.sql.constraintPropagation.enabled = false{% endif %}
{%- endmacro %}
