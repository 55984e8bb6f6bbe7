with order_lines as (
    select * from {{ ref('base_online_retail__order_lines') }}
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
    {{ sluice.contact_event('online_retail',
        event_id="invoice_id || '-' || customer_id",
        event_type="case when invoice_id like 'C%' then 'order_refunded' else 'order_placed' end",
        occurred_at='invoiced_at', record_source="'online_retail'", record_id='customer_id',
        amount='amount_gbp', currency="'GBP'") }}
from invoices
