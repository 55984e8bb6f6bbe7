with order_lines as (
    select * from "warehouse"."staging"."base_online_retail__order_lines"
),

invoices as (
    select
        invoice_id,
        customer_id,
        min(invoiced_at) as invoiced_at,
        sum(line_amount_gbp) as amount_gbp
    from order_lines
    group by invoice_id, customer_id
)

select
    
    'online_retail' as source,
    cast(invoice_id || '-' || customer_id as TEXT) as event_id,
    cast(case when invoice_id like 'C%' then 'order_refunded' else 'order_placed' end as TEXT) as event_type,
    invoiced_at as occurred_at,
    coalesce(invoiced_at, invoiced_at) as recorded_at,
    cast('online_retail' as TEXT) as record_source,
    cast(customer_id as TEXT) as record_id,
    cast(null as TEXT) as cookie_id,
    cast(null as TEXT) as subject,
    cast(amount_gbp as double precision) as amount,
    cast('GBP' as TEXT) as currency,
    coalesce(false, false) as is_machine

from invoices