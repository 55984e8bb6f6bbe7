select
    {{ sluice.contact_event('shop', event_id='order_no', event_type="'order_placed'", occurred_at='ordered_at',
        record_source="'shop'", record_id='customer_no', amount='total', currency="'EUR'") }}
from {{ source('shop', 'shop_orders') }}
