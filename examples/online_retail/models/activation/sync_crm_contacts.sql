with final as (
    select
        c.contact_id,
        c.email,
        c.phone,
        c.full_name,
        c.company,
        c.city,
        c.country,
        l.stage as activity_stage,
        b.stage as lifecycle_stage,
        coalesce(s.total, 0) as lead_score,
        a.order_count,
        r.recency_score,
        r.frequency_score,
        r.monetary_score
    from {{ ref('dim_contacts') }} as c
    inner join {{ sluice.stage_of('activity') }} as l on c.contact_id = l.contact_id
    left join {{ sluice.stage_of('b2b') }} as b on c.contact_id = b.contact_id
    left join {{ sluice.score_of('lead') }} as s on c.contact_id = s.contact_id
    inner join {{ ref('contact_activity') }} as a on c.contact_id = a.contact_id
    left join {{ ref('contact_rfm') }} as r on c.contact_id = r.contact_id
    where l.stage <> 'lost' and not c.is_deleted
)

select * from final
