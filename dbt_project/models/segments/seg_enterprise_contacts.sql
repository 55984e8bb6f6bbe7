select contact_id
from {{ ref('contact_facts') }}
where {{ has_tag('enterprise') }}
    and is_decision_maker
