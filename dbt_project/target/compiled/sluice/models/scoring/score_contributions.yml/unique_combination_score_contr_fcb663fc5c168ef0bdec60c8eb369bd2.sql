
select contact_id, score_model, rule, count(*) as copies
from "warehouse"."scoring"."score_contributions"
group by contact_id, score_model, rule
having count(*) > 1
