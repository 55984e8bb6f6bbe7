select
    {{ sluice.contact_event('webform',
        event_id='submission_id', event_type="'form_submitted'", occurred_at='submitted_at',
        record_source="'webform'", record_id='submission_id', cookie_id='cookie_id', subject='form_name', utm_source='utm_source') }}
from {{ source('webform', 'src_webform') }}
