
    
    



select operation
from "warehouse"."reports"."rpt_activation_results"
where operation is null


