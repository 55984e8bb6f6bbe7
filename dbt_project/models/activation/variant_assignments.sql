{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ sluice.rewind('assigned_at', of_runs=true) }}"
) }}

with reached as (
    -- the first run in which nothing but the hour, a cap or an approval keeps the message, so that a variant sent later is counted alike;
    -- of two contacts with one address both, since only of messages that are due it is known that they have one
    select distinct campaign, contact_id, variant
    from {{ ref('message_decisions') }}
    where
        variant is not null
        and reason in (
            'due', 'quiet_hours', 'active_hours', 'variant_time', 'duplicate_address', 'not_approved', 'frequency_24h', 'frequency_week',
            'less_often', 'stage_limit', 'frequency_by_probable_match', 'lower_priority'
        )
),

{% if is_incremental() %}
rank_given as (
    select *, row_number() over (partition by campaign, contact_id order by assigned_at desc, variant asc) as given_rank from {{ this }}
),
{% else %}
rank_given as (
    select campaign, contact_id, variant, 1 as given_rank from reached where 1 = 0
),
{% endif %}

final as (
    select r.campaign, r.contact_id, r.variant, {{ sluice.as_of() }} as assigned_at
    from reached as r
    left join rank_given as g on r.campaign = g.campaign and r.contact_id = g.contact_id and g.given_rank = 1
    where g.variant is null or g.variant <> r.variant
)

select * from final
