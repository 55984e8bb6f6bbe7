select contact_id
from {{ ref('contact_facts') }}
where {{ score_at_least('nurture', 60) }}
    and {{ not_in_segment('sales_handovers') }}
    and {{ in_stage('b2b', 'prospect') }}
    and {{ consented_to('email') }}
