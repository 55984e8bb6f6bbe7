select
    {{ sluice.contact_event('inbox',
        event_id='event_key', event_type='event_type', occurred_at='occurred_at', recorded_at='received_at',
        record_source="case when kind = 'wechat' then 'wechat' when record_id is not null then 'inbox' end", record_id='record_id', cookie_id='anonymous_id',
        subject='subject', amount='amount', currency='currency', utm_source='utm_source', utm_medium='utm_medium',
        utm_campaign='utm_campaign', qr_code='qr_code', is_machine='is_machine', properties='properties') }}
from {{ source('inbox', 'events') }}
where event_type is not null
