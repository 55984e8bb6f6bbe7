select
    {{ sluice.contact_record('crm',
        record_id='c.crm_id', full_name='name', phone='mobile', email='email', company='company', job_title='title',
        industry='coalesce(p.industry, c.industry)', company_size='coalesce(p.company_size, c.company_size)', budget='coalesce(p.budget, c.budget)', gender='gender',
        province='province', city='city', acquisition_source='lead_source', owner_id='owner_id', is_deleted='is_deleted',
        created_at='created_at', updated_at='updated_at') }}
from {{ source('crm', 'src_crm') }} as c
left join {{ source('crm', 'src_crm_profile') }} as p on c.crm_id = p.crm_id
