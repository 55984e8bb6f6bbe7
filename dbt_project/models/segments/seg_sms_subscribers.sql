select contact_id
from {{ ref('contact_facts') }}
where has_phone
    and {{ consented_to('sms') }}
