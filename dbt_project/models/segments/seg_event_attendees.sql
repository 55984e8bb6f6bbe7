select contact_id
from {{ ref('contact_facts') }}
where {{ performed('event_attended', within='14 days') }}
