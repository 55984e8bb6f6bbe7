select contact_id
from {{ ref('contact_facts') }}
where {{ consented_to('email') }}
    and {{ performed('email_sent', within='90 days') }}
    and {{ not_performed('email_opened', within='90 days') }}
    and {{ not_performed('email_clicked', within='90 days') }}
