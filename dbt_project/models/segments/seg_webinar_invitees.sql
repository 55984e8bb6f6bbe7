select contact_id
from {{ ref('contact_facts') }}
where {{ score_at_least('lead', 30) }}
    and {{ consented_to('email') }}
    and {{ not_performed('event_attended', within='90 days') }}
