with bands as (
    {% for name in sluice.models_in('scoring', prefix='scorecard_') %}
    {% do sluice.model_ref(name) %}
    {% for band in sluice.rules_of(name).bands or [] %}
    select '{{ name[10:] }}' as score_model, {{ sluice.text_literal(band.band) }} as band, cast({{ band["from"] }} as integer) as from_total
    union all
    {% endfor %}
    {% endfor %}
    {{ sluice.no_rows(['score_model', 'band'], keys=['from_total']) }}
)

select * from bands
