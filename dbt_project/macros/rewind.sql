{#
    A pre-hook of a history: a replay of an earlier day forgets what later days wrote. Groups that could not be computed in this run (named
    in var('broken'), without `prefix`, or those that the condition `computed` is not of) keep what they have. `of_runs`: a history of what runs did, not of what is so, also forgets what was decided
    after the last run, by a plan, or by a run that was cut off before it pushed anything.
#}
{% macro rewind(column, group=none, prefix=none, computed=none, of_runs=false) %}
    {% set computed = computed or (sluice.is_computed(group, prefix) if prefix) %}
    {% set unfinished = " or " ~ column ~ " > cast('" ~ var('last_run') ~ "' as timestamp)" if of_runs and var('last_run', none) else '' %}
    {{ sluice.delete_rows('(' ~ column ~ ' >= ' ~ sluice.as_of() ~ (' and ' ~ computed if computed else '') ~ ')' ~ unfinished) }}
{% endmacro %}

{# ` and <column> <= the last run`, for whoever reads a history of what runs did before it is rewound; empty where nothing is known of runs. #}
{% macro of_a_run(column) -%}
    {%- if var('last_run', none) %} and {{ column }} <= cast('{{ var("last_run") }}' as timestamp){% endif -%}
{%- endmacro %}

{# False for the groups that could not be computed in this run, and keep what they have. #}
{% macro is_computed(group, prefix) -%}
    {{ group }} not in ('{{ (sluice.broken_names(prefix) or [""]) | join("', '") }}')
{%- endmacro %}
