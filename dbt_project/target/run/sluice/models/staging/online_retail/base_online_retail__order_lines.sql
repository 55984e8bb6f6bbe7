
  
  create view "warehouse"."staging"."base_online_retail__order_lines__dbt_tmp" as (
    select
    "InvoiceNo" as invoice_id,
    "StockCode" as stock_code,
    cast("Quantity" as double precision) * "UnitPrice" as line_amount_gbp,
    (("InvoiceDate" at time zone 'Europe/London') at time zone 'UTC') as invoiced_at,
    cast(cast("CustomerID" as bigint) as TEXT) as customer_id,
    "Country" as country
from "warehouse"."raw"."order_lines"
where "CustomerID" is not null
  );
