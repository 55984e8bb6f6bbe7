with trainings as (
    {% for name in sluice.models_in('scoring', prefix='scorecard_') %}
    {% do sluice.model_ref(name) %}
    {% set trained = sluice.rules_of(name).trained %}
    {% if trained %}
    select
        '{{ name[10:] }}' as score_model,
        {{ sluice.text_literal(trained.target) }} as target,
        cast({{ trained.horizon_days }} as bigint) as horizon_days,
        cast({{ trained.contacts }} as bigint) as contact_count,
        cast({{ trained.rate }} as {{ sluice.type_double() }}) as trained_rate,
        cast({{ trained.slope }} as {{ sluice.type_double() }}) as slope,
        cast({{ trained.intercept }} as {{ sluice.type_double() }}) as intercept,
        cast('{{ trained.cut_off }}' as timestamp) as cut_off_at
    union all
    {% endif %}
    {% endfor %}
    {{ sluice.no_rows(
        ['score_model', 'target'], keys=['horizon_days', 'contact_count'], shares=['trained_rate', 'slope', 'intercept'], moments=['cut_off_at']
    ) }}
)

select * from trainings
