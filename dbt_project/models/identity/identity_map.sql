{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='record_key',
    pre_hook="{{ forget_rows_without_record() }}"
) }}

with group_records as (
    select
        r.source,
        r.record_id,
        r.record_key,
        r.created_at,
        coalesce(c.component_id, r.record_key) as component_id
    from {{ ref('int_contact_records') }} as r
    left join {{ ref('int_identity_components') }} as c on r.record_key = c.node_id
),

previous as (
    {% if is_incremental() %}
    select record_key, contact_id, named_at from {{ this }}
    {% else %}
    select record_key, record_key as contact_id, created_at as named_at from group_records where 1 = 0
    {% endif %}
),

rank_names as (
    -- a contact is where the record is that named it. The older contact wins; where there is none, the oldest record names one
    select
        g.component_id,
        g.record_key as contact_id,
        coalesce(p.named_at, {{ as_of() }}) as named_at,
        row_number() over (
            partition by g.component_id
            order by case when p.contact_id = g.record_key then 0 else 1 end asc, p.named_at asc, g.created_at asc, g.record_key asc
        ) as name_rank
    from group_records as g
    left join previous as p on g.record_key = p.record_key and g.record_key = p.contact_id
),

final as (
    select
        g.source,
        g.record_id,
        g.record_key,
        n.contact_id,
        n.named_at,
        case when p.contact_id <> n.contact_id then p.contact_id end as previous_contact_id,
        {{ as_of() }} as mapped_at
    from group_records as g
    inner join rank_names as n on g.component_id = n.component_id and n.name_rank = 1
    left join previous as p on g.record_key = p.record_key
    where p.record_key is null or p.contact_id <> n.contact_id
)

select * from final
