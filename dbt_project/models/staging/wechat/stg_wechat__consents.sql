select
    {{ consent_statement("'wechat'", 'openid', "'wechat'", "'granted'",
        to_utc('subscribe_time', 'Asia/Shanghai'), "'followed the account, scene ' || scene") }}
from {{ source('wechat', 'src_wechat') }}

union all

select
    {{ consent_statement("'wechat'", 'openid', "'wechat'", "'withdrawn'",
        to_utc('unsubscribe_time', 'Asia/Shanghai'), "'unfollowed the account'") }}
from {{ source('wechat', 'src_wechat') }}
where unsubscribe_time is not null
