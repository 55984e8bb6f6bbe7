
    
    



select customer_id
from "warehouse"."staging"."base_online_retail__order_lines"
where customer_id is null


