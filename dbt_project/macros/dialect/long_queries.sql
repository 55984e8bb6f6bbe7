{# Before a query of some hundred CTEs, each on the last: Spark's analyser gives up after 100 passes. Nothing elsewhere. #}
{% macro allow_long_queries() -%}
    {% if target.type == 'spark' %}set spark.sql.analyzer.maxIterations = 1000{% endif %}
{%- endmacro %}
