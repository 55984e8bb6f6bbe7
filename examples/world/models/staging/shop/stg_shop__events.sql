select
    {{ sluice.contact_event('shop',
        event_id='order_id',
        event_type="case status when 'cancelled' then 'order_cancelled' when 'refunded' then 'order_refunded' else 'order_placed' end",
        occurred_at='ts', record_source="'shop'", record_id='shop_user_id', subject='status',
        amount='amount_cny', currency="'CNY'", properties={'coupon': 'coupon'}) }}
from {{ source('shop', 'ev_order') }}
