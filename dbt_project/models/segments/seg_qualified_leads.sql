select contact_id
from {{ ref('contact_facts') }}
where {{ in_stage('b2b', 'mql') }}
