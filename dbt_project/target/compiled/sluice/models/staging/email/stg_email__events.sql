select
    
    'email' as source,
    cast(event_id as TEXT) as event_id,
    cast(case event_type when 'sent' then 'email_sent' when 'open' then 'email_opened' when 'click' then 'email_clicked' when 'bounce' then 'email_bounced' when 'unsubscribe' then 'email_unsubscribed' else 'email_' || event_type end as TEXT) as event_type,
    ts as occurred_at,
    coalesce(ts, ts) as recorded_at,
    cast('crm' as TEXT) as record_source,
    cast(crm_id as TEXT) as record_id,
    cast(null as TEXT) as cookie_id,
    cast(campaign_id as TEXT) as subject,
    cast(null as double precision) as amount,
    cast(null as TEXT) as currency,
    coalesce(is_machine_open, false) as is_machine

from "warehouse"."raw"."ev_email"