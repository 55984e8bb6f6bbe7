with pricing_visits as (
    select contact_id, count(*) as visits, max(occurred_at) as last_visit_at
    from {{ ref('contact_events') }}
    where event_type = 'page_view' and subject = '/pricing' and not is_machine and occurred_at > {{ sluice.days_before(60) }}
    group by contact_id
),

final as (
    select
        m.contact_id,
        'once' as occurrence,
        {{ sluice.json_object({
            'company': "coalesce(c.company, '')",
            'visits': 'v.visits',
            'last_visit_date': "cast(cast(v.last_visit_at as date) as " ~ dbt.type_string() ~ ")",
        }) }} as context
    from {{ sluice.members_of('recent_pricing_visitors') }} as m
    inner join {{ ref('dim_contacts') }} as c on m.contact_id = c.contact_id
    inner join pricing_visits as v on m.contact_id = v.contact_id
)

select * from final
