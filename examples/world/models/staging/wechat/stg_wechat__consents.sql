select
    {{ sluice.consent_statement("'wechat'", 'openid', "'wechat'", "'granted'",
        'subscribe_time', "'followed the account, scene ' || scene") }}
from {{ source('wechat', 'src_wechat') }}

union all

select
    {{ sluice.consent_statement("'wechat'", 'openid', "'wechat'", "'withdrawn'",
        'unsubscribe_time', "'unfollowed the account'") }}
from {{ source('wechat', 'src_wechat') }}
where unsubscribe_time is not null
