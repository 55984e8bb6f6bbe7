select
    {{ sluice.contact_event('attendee',
        event_id='attendee_id', event_type="case when checked_in then 'event_attended' else 'event_registered' end",
        occurred_at='registered_at',
        record_source="'attendee'", record_id='attendee_id', subject='event_id') }}
from {{ source('attendee', 'src_attendee') }}
