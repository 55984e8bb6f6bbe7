
select contact_id, score_model, count(*) as copies
from "warehouse"."scoring"."contact_scores"
group by contact_id, score_model
having count(*) > 1
