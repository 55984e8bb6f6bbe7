-- level 0 is what fits no level: a value that is rare, or was never seen
with levels as (
    {% for name in sluice.models_in('scoring', prefix='scorecard_') %}
    {% do sluice.model_ref(name) %}
    {% for input in (sluice.rules_of(name).trained or {}).inputs or [] %}
    {% for level in [{'contacts': input.others}] + input.levels %}
    select
        '{{ name[10:] }}' as score_model,
        {{ sluice.text_literal(input.input) }} as input,
        cast({{ loop.index0 }} as bigint) as level,
        cast({{ level.contacts }} as bigint) as contact_count,
        cast({{ sluice.number_or_null(input.low, wide=true) }} as {{ sluice.type_double() }}) as low_value,
        cast({{ sluice.number_or_null(input.high, wide=true) }} as {{ sluice.type_double() }}) as high_value
    union all
    {% endfor %}
    {% endfor %}
    {% endfor %}
    {{ sluice.no_rows(['score_model', 'input'], keys=['level', 'contact_count'], shares=['low_value', 'high_value']) }}
)

select * from levels
