select contact_id
from {{ ref('contact_facts') }}
where ({{ in_stage('b2b', 'at_risk') }} or ({{ in_stage('b2c', 'loyal') }} and days_silent >= 45))
