
    
    



select outcome
from "warehouse"."reports"."rpt_activation_results"
where outcome is null


