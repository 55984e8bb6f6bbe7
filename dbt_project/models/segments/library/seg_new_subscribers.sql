select contact_id
from {{ ref('contact_facts') }}
where days_known < 14
    and {{ sluice.consented_to('email') }}
