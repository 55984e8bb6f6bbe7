select
    {{ sluice.contact_event('email',
        event_id='event_id',
        event_type="case event_type when 'sent' then 'email_sent' when 'open' then 'email_opened' when 'click' then 'email_clicked'"
            ~ " when 'bounce' then 'email_bounced' when 'unsubscribe' then 'email_unsubscribed' else 'email_' || event_type end",
        occurred_at='ts', record_source="'crm'", record_id='crm_id', subject='campaign_id', is_machine='is_machine_open') }}
from {{ source('email', 'ev_email') }}
