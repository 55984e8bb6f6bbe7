select contact_id
from {{ ref('contact_facts') }}
where days_since_first_order < 30
