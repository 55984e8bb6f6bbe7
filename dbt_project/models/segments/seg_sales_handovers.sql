select contact_id
from {{ ref('contact_facts') }}
where ({{ score_at_least('nurture', 90) }} or {{ performed('form_submitted', where="form = 'contact_us'", within='30 days') }})
