
    
    



select score_model
from "warehouse"."scoring"."contact_scores"
where score_model is null


