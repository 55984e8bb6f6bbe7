select
    {{ sluice.contact_event('crm',
        event_id=sluice.hash_bigint(['crm_id', 'to_stage', 'changed_at']), event_type="'crm_stage_changed'",
        occurred_at='changed_at', record_source="'crm'", record_id='crm_id', subject='to_stage') }}
from {{ source('crm', 'ev_crm_stage') }}
union all
select
    {{ sluice.contact_event('crm',
        event_id='event_id', event_type="case event_type when 'page_view' then 'page_view' when 'email_clicked' then 'email_clicked' else 'form_submitted' end",
        occurred_at='ts', record_source="'crm'", record_id='crm_id', subject='subject') }}
from {{ source('crm', 'ev_crm_activity') }}
