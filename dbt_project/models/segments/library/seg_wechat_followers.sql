select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.consented_to('wechat') }}
    and days_silent < 90
