with records as (
    select * from "warehouse"."identity"."int_contact_records"
),

components as (
    select * from "warehouse"."identity"."int_identity_components"
),

group_records as (
    select
        r.source,
        r.record_id,
        r.record_key,
        r.created_at,
        coalesce(c.component_id, r.record_key) as component_id
    from records as r
    left join components as c on r.record_key = c.node_id
),

final as (
    -- the oldest record of a person names the contact: a newer record never changes it, in a merge the older id wins
    select
        source,
        record_id,
        record_key,
        first_value(record_key) over (partition by component_id order by created_at, record_key) as contact_id
    from group_records
)

select * from final