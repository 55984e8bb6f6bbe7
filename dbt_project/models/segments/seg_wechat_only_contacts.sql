select contact_id
from {{ ref('contact_facts') }}
where {{ consented_to('wechat') }}
    and not has_email
    and not has_phone
