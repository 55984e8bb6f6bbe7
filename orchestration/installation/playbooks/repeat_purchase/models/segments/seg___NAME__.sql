select contact_id
from {{ ref('contact_facts') }}
where order_count = 1
    and days_since_order between 30 and 60
