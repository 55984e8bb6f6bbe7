{{ config(materialized='incremental', meta={'idempotent': true}, incremental_strategy='append') }}

with pairs as (
    select record_key, contact_id, mapped_at from {{ ref('identity_map') }}
    {% if not is_incremental() %}
    union
    -- made anew: what the ledger keeps of the time before
    select record_key, contact_id, named_at as mapped_at from {{ source('ledger', 'contact_ids') }}
    {% endif %}
),

final as (
    select p.*
    from pairs as p
    {% if is_incremental() %}
    left join {{ this }} as t on p.record_key = t.record_key and p.contact_id = t.contact_id and p.mapped_at = t.mapped_at
    where t.record_key is null
    {% endif %}
)

select * from final
