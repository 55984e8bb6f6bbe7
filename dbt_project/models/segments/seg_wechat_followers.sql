select contact_id
from {{ ref('contact_facts') }}
where {{ consented_to('wechat') }}
    and days_silent < 90
