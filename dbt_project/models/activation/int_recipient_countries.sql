with recipients as (
    select distinct contact_id from {{ ref('int_message_candidates') }}
),

final as (
    select r.contact_id, n.country
    from recipients as r
    inner join {{ ref('dim_contacts') }} as c on r.contact_id = c.contact_id
    inner join {{ sluice.seed('country_names') }} as n on {{ sluice.country_key('c.country') }} = n.country_key
)

select * from final
