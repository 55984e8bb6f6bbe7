with bands as (
    {% for name in models_in('scoring', prefix='scorecard_') %}
    {% do ref(name) %}
    {% for band in rules_of(name).bands or [] %}
    select '{{ name[10:] }}' as score_model, {{ text_literal(band.band) }} as band, cast({{ band["from"] }} as integer) as from_total
    union all
    {% endfor %}
    {% endfor %}
    {{ no_rows(['score_model', 'band'], keys=['from_total']) }}
)

select * from bands
