select contact_id
from {{ ref('dim_contacts') }}
where contact_id in ({{ performed('page_view', subject='/pricing', within_days=60) }})
