select
    {{ sluice.contact_event('web',
        event_id='event_id', event_type="'page_view'", occurred_at='ts', recorded_at='received_at',
        record_source="case when shop_user_id <> '' then 'shop' end", record_id='shop_user_id',
        cookie_id='anonymous_id', subject='page', utm_source='utm_source', utm_medium='utm_medium', utm_campaign='utm_campaign',
        is_machine='is_bot_ua') }}
from {{ source('web', 'ev_web') }}
