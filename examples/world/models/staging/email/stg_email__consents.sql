with events as (
    select crm_id, email, campaign_id, event_type, ts from {{ source('email', 'ev_email') }}
    union all
    select crm_id, email, campaign_id, event_type, cast(null as timestamp) as ts
    from ({{ sluice.quarantined('ev_email', ['crm_id', 'email', 'campaign_id', 'event_type']) }}) as q
),

refusals as (
    -- systems write it in many ways: unsubscribe, Unsubscribed, group_unsubscribe, spam report, 退订
    {{ sluice.classified('events', 'event_type', 'mail_event') }}
)

select
    {{ sluice.consent_statement("'crm'", 'e.crm_id', "'email'", "'withdrawn'", 'e.ts', "r.class || coalesce(' from ' || e.campaign_id, '')",
        address='e.email') }}
from events as e
inner join refusals as r on e.event_type = r.event_type
