
    
    



select score_model
from "warehouse"."scoring"."score_contributions"
where score_model is null


