select
    
    'shop' as source,
    cast(order_id as TEXT) as event_id,
    cast(case status when 'cancelled' then 'order_cancelled' when 'refunded' then 'order_refunded' else 'order_placed' end as TEXT) as event_type,
    ts as occurred_at,
    coalesce(ts, ts) as recorded_at,
    cast('shop' as TEXT) as record_source,
    cast(shop_user_id as TEXT) as record_id,
    cast(null as TEXT) as cookie_id,
    cast(status as TEXT) as subject,
    cast(amount_cny as double precision) as amount,
    cast('CNY' as TEXT) as currency,
    coalesce(false, false) as is_machine

from "warehouse"."raw"."ev_order"