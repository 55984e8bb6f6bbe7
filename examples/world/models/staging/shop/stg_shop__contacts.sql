select
    {{ sluice.contact_record('shop',
        record_id='s.shop_user_id', full_name='receiver_name', phone='phone', email='email', unionid='unionid',
        cookie_id='last_cookie_id', province='province', city='city', birth_date='cast(p.birth_date as ' ~ dbt.type_string() ~ ')',
        attributes={'nickname': 'nickname', 'accepts_sms': 'accepts_sms', 'product_line': 'p.product_line', 'renewal_date': 'p.renewal_date'},
        created_at='registered_at') }}
from {{ source('shop', 'src_shop') }} as s
left join {{ source('shop', 'src_shop_profile') }} as p on s.shop_user_id = p.shop_user_id
