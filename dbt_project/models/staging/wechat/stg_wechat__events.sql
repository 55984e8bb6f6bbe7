select
    {{ contact_event('wechat',
        event_id='event_id', event_type="'wechat_' || event_type", occurred_at='ts',
        record_source="'wechat'", record_id='openid') }}
from {{ source('wechat', 'ev_wechat') }}
