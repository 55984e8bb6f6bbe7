
    
    



select rule
from "warehouse"."scoring"."score_contributions"
where rule is null


