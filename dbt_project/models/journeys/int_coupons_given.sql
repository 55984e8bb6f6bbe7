{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ sluice.rewind('recorded_at', computed='1 = 0', of_runs=true) }}"
) }}

{% if is_incremental() %}
with known as (
    select enrolment_id, pool from {{ this }}
),
{% else %}
with known as (
    select enrolment_id, subject as pool from {{ ref('journey_actions') }} where 1 = 0
),
{% endif %}

final as (
    select a.enrolment_id, a.journey, a.subject as pool, a.drawn as code, min(a.acted_at) as given_at, {{ sluice.as_of() }} as recorded_at
    from {{ ref('journey_actions') }} as a
    left join known as k on a.enrolment_id = k.enrolment_id and a.subject = k.pool
    where a.action = 'give_coupon' and a.drawn is not null and a.recorded_at = {{ sluice.as_of() }} and k.enrolment_id is null
    group by a.enrolment_id, a.journey, a.subject, a.drawn
)

select * from final
