select
    {{ sluice.contact_record('wechat',
        record_id='openid', full_name='nickname', phone='remark_mobile', unionid='unionid', province='province', city='city',
        acquisition_source='scene', created_at='subscribe_time') }}
from {{ source('wechat', 'src_wechat') }}
