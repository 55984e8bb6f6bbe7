select
    
    'web' as source,
    cast(event_id as TEXT) as event_id,
    cast('page_view' as TEXT) as event_type,
    ts as occurred_at,
    coalesce(received_at, ts) as recorded_at,
    cast(case when shop_user_id is not null then 'shop' end as TEXT) as record_source,
    cast(shop_user_id as TEXT) as record_id,
    cast(anonymous_id as TEXT) as cookie_id,
    cast(page as TEXT) as subject,
    cast(null as double precision) as amount,
    cast(null as TEXT) as currency,
    coalesce(is_bot_ua, false) as is_machine

from "warehouse"."raw"."ev_web"