select
    {{ sluice.contact_record('webform',
        record_id='submission_id', full_name='full_name', phone='phone_number', email='email_address', company='company',
        city='city', cookie_id='cookie_id', acquisition_source='utm_source',
        created_at='submitted_at') }}
from {{ source('webform', 'src_webform') }}
