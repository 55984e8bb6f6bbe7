{{ config(
    materialized='incremental',
    on_schema_change='append_new_columns',
    incremental_strategy='append',
    pre_hook="{{ sluice.rewind('changed_at', 'score_model', 'scorecard_', of_runs=true) }}"
) }}

with rules as (
    {% for name in sluice.models_in('scoring', prefix='scorecard_') %}
    {% do sluice.model_ref(name) %}
    {% set card = sluice.rules_of(name) %}
    {% set points = [card.rules or [], card.base or 0, card.floor or '', card.ceiling or '', card.caps or '', card.applies_to or ''] %}
    select '{{ name[10:] }}' as score_model, md5({{ sluice.text_literal(points | string) }}) as rules_hash
    union all
    {% endfor %}
    {{ sluice.no_rows(['score_model', 'rules_hash']) }}
),

{% if is_incremental() %}
previous as (
    select
        score_model,
        rules_hash,
        row_number() over (partition by score_model order by changed_at desc) as change_rank
    from {{ this }}
),
{% else %}
previous as (
    select score_model, rules_hash, 1 as change_rank from rules where 1 = 0
),
{% endif %}

final as (
    select r.score_model, r.rules_hash, {{ sluice.as_of() }} as changed_at
    from rules as r
    left join previous as p on r.score_model = p.score_model and p.change_rank = 1
    where p.rules_hash is null or p.rules_hash <> r.rules_hash
)

select * from final
