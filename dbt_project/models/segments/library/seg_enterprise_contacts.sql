select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.has_tag('enterprise') }}
    and is_decision_maker
