select
    {{ sluice.contact_record('shop', record_id='customer_no', email='mail', full_name='person', language='lang', created_at='signed_up') }}
from {{ source('shop', 'shop_customers') }}
