select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.score_at_least('nurture', 80) }}
    and {{ sluice.performed('form_submitted', within='30 days') }}
