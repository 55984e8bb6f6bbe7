select contact_id
from "warehouse"."contacts"."contact_activity"
where last_order_at <= cast('2011-06-01 00:00:00' as timestamp) - interval '90' day