select contact_id
from {{ ref('contact_facts') }}
where {{ in_stage('b2c', 'repeat', 'loyal') }}
    and {{ performed('page_view', where="page in ('/product', '/case')", within='60 days') }}
