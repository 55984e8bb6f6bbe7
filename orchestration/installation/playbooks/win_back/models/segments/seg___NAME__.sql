select contact_id
from {{ ref('contact_facts') }}
where days_since_order >= 90
