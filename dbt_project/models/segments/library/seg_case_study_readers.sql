select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.performed('page_view', where="page = '/case'", within='30 days') }}
