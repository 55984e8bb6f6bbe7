select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.in_segment('pricing_revisitors') }}
    and {{ sluice.has_tag('manufacturing') }}
    and {{ sluice.score_at_least('lead', 60) }}
