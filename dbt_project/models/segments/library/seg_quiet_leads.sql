select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.performed('form_submitted', within='30 days') }}
    and {{ sluice.not_performed('form_submitted', within='7 days') }}
    and {{ sluice.not_performed('email_clicked', within='30 days') }}
