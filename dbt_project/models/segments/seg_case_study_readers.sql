select contact_id
from {{ ref('contact_facts') }}
where {{ performed('page_view', where="page = '/case'", within='30 days') }}
