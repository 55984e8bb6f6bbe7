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

union all

-- whoever has a time of unfollowing has unfollowed, whatever the time
select
    {{ sluice.consent_statement("'wechat'", 'openid', "'wechat'", "'withdrawn'",
        'cast(null as timestamp)', "'unfollowed the account'") }}
from ({{ sluice.quarantined('src_wechat', ['openid', 'unsubscribe_time']) }}) as q
where unsubscribe_time is not null
