
    
    



select activation
from "warehouse"."reports"."rpt_activation_results"
where activation is null


