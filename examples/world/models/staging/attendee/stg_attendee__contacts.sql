select
    {{ sluice.contact_record('attendee',
        record_id='attendee_id', full_name='name', phone='phone', email='email', company='company', job_title='title',
        created_at='registered_at') }}
from {{ source('attendee', 'src_attendee') }}
