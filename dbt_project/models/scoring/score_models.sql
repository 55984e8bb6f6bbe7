with models as (
    {% for name in sluice.models_in('scoring', prefix='scorecard_') %}
    {% do sluice.model_ref(name) %}
    {% set card = sluice.rules_of(name) %}
    select
        '{{ name[10:] }}' as score_model,
        {{ sluice.text_literal((card.label or {}).en or name[10:]) }} as label_en,
        {{ sluice.text_literal((card.label or {}).zh or name[10:]) }} as label_zh,
        {{ sluice.text_literal(card.product_line or 'all') }} as product_line,
        cast({{ sluice.number_or_null(card.floor) }} as integer) as floor_total,
        cast({{ sluice.number_or_null(card.ceiling) }} as integer) as ceiling_total,
        cast({{ sluice.number_or_null((card.caps or {}).fit) }} as integer) as fit_cap,
        cast({{ sluice.number_or_null((card.caps or {}).behaviour) }} as integer) as behaviour_cap
    union all
    {% endfor %}
    {{ sluice.no_rows(['score_model', 'label_en', 'label_zh', 'product_line'], keys=['floor_total', 'ceiling_total', 'fit_cap', 'behaviour_cap']) }}
)

select * from models
