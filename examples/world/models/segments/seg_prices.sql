select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.performed('page_view', where="page = '/pricing'", at_least=2, within='7 days') }}
