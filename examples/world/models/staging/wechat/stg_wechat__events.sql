select
    {{ sluice.contact_event('wechat',
        event_id='event_id', event_type="'wechat_' || event_type", occurred_at='ts',
        record_source="'wechat'", record_id='openid') }}
from {{ source('wechat', 'ev_wechat') }}

union all

select
    {{ sluice.contact_event('wechat',
        event_id="'followed ' || openid", event_type="'wechat_followed'", occurred_at='subscribe_time',
        record_source="'wechat'", record_id='openid', subject='scene', qr_code='scene') }}
from {{ source('wechat', 'src_wechat') }}

union all

select
    {{ sluice.contact_event('wechat',
        event_id="'unfollowed ' || openid", event_type="'wechat_unfollowed'", occurred_at='unsubscribe_time',
        record_source="'wechat'", record_id='openid') }}
from {{ source('wechat', 'src_wechat') }}
where unsubscribe_time is not null
