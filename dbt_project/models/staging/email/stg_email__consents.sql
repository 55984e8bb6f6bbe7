with unsubscribes as (
    select crm_id, campaign_id, ts from {{ source('email', 'ev_email') }} where event_type = 'unsubscribe'
    union all
    select crm_id, campaign_id, cast(null as timestamp) as ts
    from ({{ quarantined('ev_email', ['crm_id', 'campaign_id', 'event_type']) }}) as q
    where event_type = 'unsubscribe'
)

select
    {{ consent_statement("'crm'", 'crm_id', "'email'", "'withdrawn'", 'ts', "'unsubscribed from ' || campaign_id") }}
from unsubscribes
