
select score_model, rule, count(*) as copies
from "warehouse"."seeds"."score_rules"
group by score_model, rule
having count(*) > 1
