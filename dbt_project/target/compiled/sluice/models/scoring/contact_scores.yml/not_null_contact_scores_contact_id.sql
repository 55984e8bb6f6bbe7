
    
    



select contact_id
from "warehouse"."scoring"."contact_scores"
where contact_id is null


