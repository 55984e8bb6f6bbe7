{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ sluice.rewind('recorded_at', computed='1 = 0', of_runs=true) }}"
) }}

with rank_actions as (
    -- of two journeys that assign a contact in one run, the first
    select
        a.*,
        row_number() over (partition by a.contact_id order by a.acted_at, a.enrolment_id, a.step) as action_rank
    from {{ ref('journey_actions') }} as a
    left join {{ ref('int_contact_owners') }} as o on a.contact_id = o.contact_id
    where a.action = 'assign' and a.drawn is not null and a.recorded_at = {{ sluice.as_of() }} and o.contact_id is null
),

final as (
    select contact_id, drawn as owner_id, subject as team, journey, acted_at as assigned_at, {{ sluice.as_of() }} as recorded_at
    from rank_actions
    where action_rank = 1
)

select * from final
