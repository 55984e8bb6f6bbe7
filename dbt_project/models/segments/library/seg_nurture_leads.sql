select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.score_at_least('nurture', 60) }}
    and {{ sluice.not_in_segment('sales_handovers') }}
    and {{ sluice.in_stage('b2b', 'prospect') }}
    and {{ sluice.consented_to('email') }}
