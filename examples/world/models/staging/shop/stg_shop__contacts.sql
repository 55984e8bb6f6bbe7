select
    {{ sluice.contact_record('shop',
        record_id='shop_user_id', full_name='receiver_name', phone='phone', email='email', unionid='unionid',
        cookie_id='last_cookie_id', province='province', city='city',
        attributes={'nickname': 'nickname', 'accepts_sms': 'accepts_sms'},
        created_at='registered_at') }}
from {{ source('shop', 'src_shop') }}
