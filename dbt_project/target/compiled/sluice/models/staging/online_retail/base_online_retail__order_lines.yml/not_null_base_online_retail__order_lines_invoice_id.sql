
    
    



select invoice_id
from "warehouse"."staging"."base_online_retail__order_lines"
where invoice_id is null


