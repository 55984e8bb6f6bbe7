with order_lines as (
    select * from {{ ref('base_online_retail__order_lines') }}
),

customers as (
    select
        customer_id,
        min(country) as country,
        min(invoiced_at) as first_invoiced_at
    from order_lines
    group by customer_id
)

select
    {{ sluice.contact_record('online_retail', record_id='customer_id', country='country', created_at='first_invoiced_at') }}
from customers
