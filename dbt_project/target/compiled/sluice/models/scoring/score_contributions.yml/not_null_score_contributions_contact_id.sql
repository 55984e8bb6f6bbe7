
    
    



select contact_id
from "warehouse"."scoring"."score_contributions"
where contact_id is null


