{{ config(
    materialized='incremental',
    meta={'idempotent': true},
    on_schema_change='append_new_columns',
    incremental_strategy=sluice.replacing_rows(),
    unique_key='record_key',
    pre_hook="{{ sluice.forget_rows_without_record() }}"
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
    -- a warehouse without a state, or made anew: the ids that the ledger keeps
    select record_key, contact_id, named_at
    from (
        select *, row_number() over (partition by record_key order by change_id desc) as entry_rank
        from {{ source('ledger', 'contact_ids') }}
    ) as j
    where entry_rank = 1
    {% endif %}
),

names_of_records as (
    -- a contact is where the record is that named it
    select g.component_id, g.record_key as contact_id, p.named_at, g.created_at
    from group_records as g
    left join previous as p on g.record_key = p.record_key and g.record_key = p.contact_id
),

rank_heirs as (
    -- or, when that record is gone, where the oldest of its other records is
    select
        g.component_id,
        p.contact_id,
        p.named_at,
        g.created_at,
        row_number() over (partition by p.contact_id order by g.created_at asc, g.record_key asc) as heir_rank
    from group_records as g
    inner join previous as p on g.record_key = p.record_key
    left join group_records as n on p.contact_id = n.record_key
    where n.record_key is null
),

all_names as (
    select component_id, contact_id, named_at, created_at from names_of_records
    union all
    select component_id, contact_id, named_at, created_at from rank_heirs where heir_rank = 1
),

rank_names as (
    -- the older contact wins; where there is none, the oldest record names one
    select
        component_id,
        contact_id,
        coalesce(named_at, {{ sluice.as_of() }}) as named_at,
        row_number() over (
            partition by component_id
            order by case when named_at is null then 1 else 0 end asc, named_at asc, created_at asc, contact_id asc
        ) as name_rank
    from all_names
),

final as (
    select
        g.source,
        g.record_id,
        g.record_key,
        n.contact_id,
        n.named_at,
        case when p.contact_id <> n.contact_id then p.contact_id end as previous_contact_id,
        {{ sluice.as_of() }} as mapped_at
    from group_records as g
    inner join rank_names as n on g.component_id = n.component_id and n.name_rank = 1
    left join previous as p on g.record_key = p.record_key
    {% if is_incremental() %}where p.record_key is null or p.contact_id <> n.contact_id{% endif %}

)

select * from final
