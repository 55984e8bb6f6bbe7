select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.in_stage('b2b', 'mql') }}
