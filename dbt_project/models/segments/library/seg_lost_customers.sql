select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.in_stage('activity', 'lost') }}
    and order_count > 0
