select
    {{ sluice.contact_record('import',
        record_id='record_id', full_name='full_name', given_name='given_name', surname='surname', email='email', phone='phone', unionid='unionid',
        national_id='national_id', birth_date='birth_date', company='company', job_title='job_title', address='address', postcode='postcode', province='province', city='city', country='country',
        identifiers={'user_id': 'user_id', 'account_id': 'account_id', 'crm_id': ['crm_id', sluice.id_list('merged_crm_ids')]},
        attributes=sluice.extra_columns('import', 'imported_contacts'),
        created_at="coalesce(created_at, updated_at, timestamp '2000-01-01 00:00:00')", updated_at='updated_at') }}
from {{ source('import', 'imported_contacts') }}
