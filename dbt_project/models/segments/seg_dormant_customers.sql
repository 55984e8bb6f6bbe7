select contact_id
from {{ ref('contact_activity') }}
where last_order_at <= {{ days_before(90) }}
