select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.performed('event_attended', within='14 days') }}
