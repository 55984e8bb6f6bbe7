select
    {{ consent_statement("'crm'", 'crm_id', "'email'", "'withdrawn'", 'ts', "'unsubscribed from ' || campaign_id") }}
from {{ source('email', 'ev_email') }}
where event_type = 'unsubscribe'
