select
    "InvoiceNo" as invoice_id,
    "StockCode" as stock_code,
    cast("Quantity" as {{ sluice.type_double() }}) * "UnitPrice" as line_amount_gbp,
    "InvoiceDate" as invoiced_at,
    cast(cast("CustomerID" as bigint) as {{ dbt.type_string() }}) as customer_id,
    "Country" as country
from {{ source('online_retail', 'order_lines') }}
where "CustomerID" is not null
