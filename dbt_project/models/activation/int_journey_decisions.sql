{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ sluice.rewind('decided_at', of_runs=true) }}"
) }}

with journey_campaigns as (
    {% for message in sluice.journey_messages() %}
    select '{{ message.campaign }}' as campaign
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_rows(['campaign']) }}
    {% endfor %}
),

{% if is_incremental() %}
known as (
    select message_id from {{ this }}
),
{% else %}
known as (
    select message_id from {{ ref('message_decisions') }} where 1 = 0
),
{% endif %}

final as (
    select d.message_id, d.campaign, d.contact_id, cast(d.occurrence as bigint) as enrolment_id, d.reason, d.decided_at
    from {{ ref('message_decisions') }} as d
    inner join journey_campaigns as j on d.campaign = j.campaign
    left join known as k on d.message_id = k.message_id
    where d.decision = 'suppress' and d.reason <> 'already_sent' and k.message_id is null
)

select * from final
