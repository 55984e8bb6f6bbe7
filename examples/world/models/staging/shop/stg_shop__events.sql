select
    {{ sluice.contact_event('shop',
        event_id='order_id',
        event_type="case status when 'cancelled' then 'order_cancelled' when 'refunded' then 'order_refunded' else 'order_placed' end",
        occurred_at='ts', record_source="'shop'", record_id='shop_user_id', subject='status',
        amount='amount_cny', currency="'CNY'", properties={'coupon': 'coupon'}) }}
from {{ source('shop', 'ev_order') }}
union all
select
    {{ sluice.contact_event('shop',
        event_id='event_id', event_type="case event_type when 'cart_updated' then 'cart_updated' when 'document_downloaded' then 'document_downloaded' else 'order_placed' end",
        occurred_at='ts', record_source="'shop'", record_id='shop_user_id', subject='subject',
        amount='amount_cny', currency="case when amount_cny is not null then 'CNY' end") }}
from {{ source('shop', 'ev_shop_activity') }}
