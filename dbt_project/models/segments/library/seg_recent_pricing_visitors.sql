select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.performed('page_view', where="page = '/pricing'", within='60 days') }}
