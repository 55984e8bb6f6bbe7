{#
    A pre-hook of a history: a replay of an earlier day forgets what later days wrote. Groups that could not be computed in this run (named
    in var('broken'), without `prefix`) keep what they have.
#}
{% macro rewind(column, group=none, prefix=none) %}
    {% set computed = ' and ' ~ sluice.is_computed(group, prefix) if prefix else '' %}
    {{ sluice.delete_rows(column ~ ' >= ' ~ sluice.as_of() ~ computed) }}
{% endmacro %}

{# False for the groups that could not be computed in this run, and keep what they have. #}
{% macro is_computed(group, prefix) -%}
    {{ group }} not in ('{{ (sluice.broken_names(prefix) or [""]) | join("', '") }}')
{%- endmacro %}
