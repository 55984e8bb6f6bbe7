select contact_id
from {{ ref('contact_facts') }}
where has_phone
    and {{ sluice.consented_to('sms') }}
