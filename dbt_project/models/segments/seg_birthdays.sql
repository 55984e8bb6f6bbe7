select contact_id
from {{ ref('contact_facts') }}
where {{ is_anniversary('birth_date') }}
