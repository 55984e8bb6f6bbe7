with bands as (
    {% for name in models_in('scoring', prefix='scorecard_') %}
    {% for band in rules_of(name).bands or [] %}
    select '{{ name[10:] }}' as score_model, {{ text_literal(band.band) }} as band, cast({{ band["from"] }} as integer) as from_total
    union all
    {% endfor %}
    {% endfor %}
    select cast(null as {{ dbt.type_string() }}), cast(null as {{ dbt.type_string() }}), cast(null as integer) where 1 = 0
)

select * from bands
