select contact_id
from {{ ref('contact_facts') }}
where {{ in_segment('pricing_revisitors') }}
    and {{ has_tag('manufacturing') }}
    and {{ score_at_least('lead', 60) }}
