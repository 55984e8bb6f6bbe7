select
    {{ sluice.contact_record('crm',
        record_id='crm_id', full_name='name', phone='mobile', email='email', company='company', job_title='title',
        industry='industry', company_size='company_size', budget='budget', gender='gender',
        province='province', city='city', acquisition_source='lead_source', owner_id='owner_id', is_deleted='is_deleted',
        created_at='created_at', updated_at='updated_at') }}
from {{ source('crm', 'src_crm') }}
