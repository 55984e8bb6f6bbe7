select contact_id
from {{ ref('contact_activity') }}
where first_order_at > {{ days_before(30) }}
