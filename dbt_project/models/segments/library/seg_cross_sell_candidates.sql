select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.in_stage('b2c', 'repeat', 'loyal') }}
    and {{ sluice.performed('page_view', where="page in ('/product', '/case')", within='60 days') }}
