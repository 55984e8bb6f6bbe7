
    

    create  table
      "warehouse"."activation"."campaign_price_page_follow_up__dbt_tmp"
  
    
    as (
      with pricing_visits as (
    select contact_id, count(*) as visits, max(occurred_at) as last_visit_at
    from "warehouse"."contacts"."contact_events"
    where event_type = 'page_view' and subject = '/pricing' and not is_machine and occurred_at > cast('2026-11-24 16:16:15' as timestamp) - interval '60' day
    group by contact_id
),

final as (
    select
        m.contact_id,
        'once' as occurrence,
        cast(json_object('company', coalesce(c.company, ''), 'visits', v.visits, 'last_visit_date', cast(cast(v.last_visit_at as date) as TEXT)) as TEXT) as context
    from "warehouse"."segments"."segment_members" as m
    inner join "warehouse"."contacts"."dim_contacts" as c on m.contact_id = c.contact_id
    inner join pricing_visits as v on m.contact_id = v.contact_id
    where m.segment = 'recent_pricing_visitors'
)

select * from final
    );
    
  