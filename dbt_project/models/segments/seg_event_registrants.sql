select contact_id
from {{ ref('contact_facts') }}
where {{ performed('event_registered', within='30 days') }}
    and {{ not_performed('event_attended', within='30 days') }}
