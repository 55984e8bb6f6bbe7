select contact_id
from {{ ref('contact_facts') }}
where {{ score_at_least('nurture', 80) }}
    and {{ performed('form_submitted', within='30 days') }}
