
    
    



select kind
from "warehouse"."reports"."rpt_activation_results"
where kind is null


