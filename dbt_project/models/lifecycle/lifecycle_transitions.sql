-- depends_on: {{ ref("contact_aliases") }}
{{ config(
    materialized='incremental',
    on_schema_change='append_new_columns',
    incremental_strategy='append',
    pre_hook="{{ sluice.rewind('transitioned_at', 'lifecycle', 'stages_') }}"
) }}

with conditions as (
    select * from {{ ref('int_lifecycle_conditions') }}
),

rules as (
    select * from {{ ref('lifecycle_stage_rules') }}
),

{% if is_incremental() %}
previous as (
    select contact_id, lifecycle, to_stage as stage, transitioned_at as entered_at
    from ({{ sluice.latest_of_living_contacts(this, 'lifecycle', 'transitioned_at', ['to_stage', 'transitioned_at']) }}) as s
    where to_stage is not null and {{ sluice.is_computed('lifecycle', 'stages_') }}
),
{% else %}
previous as (
    select contact_id, lifecycle, stage, cast(null as timestamp) as entered_at from conditions where 1 = 0
),
{% endif %}

{{ sluice.next_stages('conditions', 'previous', 'rules') }},

final as (
    select
        contact_id,
        lifecycle,
        from_stage,
        to_stage,
        {{ sluice.days_between('from_entered_at', sluice.as_of()) }} as days_in_stage,
        reason_en,
        reason_zh,
        {{ sluice.as_of() }} as transitioned_at
    from moves
)

select * from final
