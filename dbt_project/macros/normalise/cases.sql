{#
    For tests/normalise/: the cases (input, expected) that a macro gets wrong, with what it gave. `expression` reads a column named
    input; with `inputs` the first so many values of a case are columns input_1, input_2 ... and the last is what is expected. `steps` are
    columns computed before, one after the other: {name: expression}.
#}
{% macro failing_cases(cases, expression, inputs=1, steps={}) -%}
    {% if cases | length < 20 %}{{ exceptions.raise_compiler_error('a macro of normalisation needs at least 20 cases') }}{% endif %}
    select *
    from (
        select cases.*, cast({{ expression }} as {{ dbt.type_string() }}) as actual
        from (
            {% for name, step in (steps.items() | list | reverse) %}select *, {{ step }} as {{ name }} from ({% endfor %}
            {{ sluice.case_rows(cases, inputs) }}
            {% for name in steps %} {{ sluice.computed_once() }}) as before_{{ name }} {% endfor %}
            {{ sluice.computed_once() if steps }}
        ) as cases
    ) as outcomes
    where coalesce(actual, '<null>') <> coalesce(expected, '<null>')
{%- endmacro %}

{# The cases as rows. #}
{% macro case_rows(cases, inputs=1) -%}
    {% for case in cases %}
        select
            {% for n in range(inputs) %}{{ sluice.text_literal(case[n]) }} as input{{ '_' ~ (n + 1) if inputs > 1 }}, {% endfor %}
            {{ sluice.text_literal(case[inputs]) }} as expected
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
{%- endmacro %}
