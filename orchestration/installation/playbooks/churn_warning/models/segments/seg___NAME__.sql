select contact_id
from {{ ref('contact_facts') }}
where order_count >= 2
    and days_silent >= 45
