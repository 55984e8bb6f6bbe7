select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.consented_to('email') }}
    and {{ sluice.performed('email_sent', within='90 days') }}
    and {{ sluice.not_performed('email_opened', within='90 days') }}
    and {{ sluice.not_performed('email_clicked', within='90 days') }}
