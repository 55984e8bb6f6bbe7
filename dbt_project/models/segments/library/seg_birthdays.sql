select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.is_anniversary('birth_date') }}
