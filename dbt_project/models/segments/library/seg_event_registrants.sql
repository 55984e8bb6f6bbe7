select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.performed('event_registered', within='30 days') }}
    and {{ sluice.not_performed('event_attended', within='30 days') }}
