select contact_id
from {{ ref('contact_facts') }}
where {{ in_stage('activity', 'lost') }}
    and order_count > 0
