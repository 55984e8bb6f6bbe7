select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.consented_to('wechat') }}
    and not has_email
    and not has_phone
