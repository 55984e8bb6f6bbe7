select contact_id
from {{ ref('contact_facts') }}
where ({{ sluice.in_stage('b2b', 'at_risk') }} or ({{ sluice.in_stage('b2c', 'loyal') }} and days_silent >= 45))
