select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.score_at_least('lead', 30) }}
    and {{ sluice.consented_to('email') }}
    and {{ sluice.not_performed('event_attended', within='90 days') }}
