{{ config(
    materialized='incremental',
    meta={'idempotent': true},
    on_schema_change='append_new_columns',
    incremental_strategy='append',
    pre_hook="{{ sluice.delete_rows('changed_at > ' ~ sluice.as_of()) }}"
) }}

with identity_map as (
    select * from {{ ref('identity_map') }}
),

living_contacts as (
    select distinct contact_id from identity_map
),

moves as (
    select previous_contact_id as from_contact_id, contact_id as to_contact_id, count(*) as record_count
    from identity_map
    where previous_contact_id is not null and mapped_at = {{ sluice.as_of() }}
    group by previous_contact_id, contact_id
),

new_changes as (
    select
        m.from_contact_id,
        m.to_contact_id,
        case when l.contact_id is null then 'merged' else 'split' end as change,
        m.record_count,
        {{ sluice.as_of() }} as changed_at
    from moves as m
    left join living_contacts as l on m.from_contact_id = l.contact_id
    {% if is_incremental() %}
    left join {{ this }} as t
        on m.from_contact_id = t.from_contact_id and m.to_contact_id = t.to_contact_id and t.changed_at = {{ sluice.as_of() }}
    where t.from_contact_id is null
    {% endif %}
),

final as (
    select * from new_changes
    {% if not is_incremental() %}
    -- a warehouse without a state, or made anew: the history that the ledger keeps
    union
    select from_contact_id, to_contact_id, change, record_count, changed_at
    from {{ source('ledger', 'identity_changes') }}
    where changed_at <= {{ sluice.as_of() }}
    {% endif %}
)

select * from final
