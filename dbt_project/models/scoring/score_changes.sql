-- depends_on: {{ ref("contact_aliases") }}
{{ config(
    materialized='incremental',
    meta={'idempotent': true},
    on_schema_change='append_new_columns',
    incremental_strategy='append',
    pre_hook="{{ sluice.rewind('changed_at', 'score_model', 'scorecard_') }}"
) }}

with totals as (
    select * from {{ ref('int_score_totals') }}
),

{% if is_incremental() %}
previous as (
    select *
    from ({{ sluice.latest_of_living_contacts(this, 'score_model', 'changed_at', ['total', 'band']) }}) as s
    where {{ sluice.is_computed('score_model', 'scorecard_') }}
),
{% else %}
previous as (
    select contact_id, score_model, total, band from totals where 1 = 0
),
{% endif %}

compare as (
    select
        coalesce(t.contact_id, p.contact_id) as contact_id,
        coalesce(t.score_model, p.score_model) as score_model,
        coalesce(p.total, 0) as previous_total,
        coalesce(t.total, 0) as total,
        p.band as previous_band,
        t.band
    from totals as t
    full outer join previous as p on t.contact_id = p.contact_id and t.score_model = p.score_model
),

final as (
    select
        contact_id,
        score_model,
        previous_total,
        total,
        total - previous_total as points,
        previous_band,
        band,
        {{ sluice.as_of() }} as changed_at
    from compare
    where total <> previous_total or coalesce(band, '') <> coalesce(previous_band, '')
)

select * from final
