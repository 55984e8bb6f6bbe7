select contact_id
from {{ ref('contact_facts') }}
where ({{ sluice.score_at_least('nurture', 90) }} or {{ sluice.performed('form_submitted', where="form = 'contact_us'", within='30 days') }})
