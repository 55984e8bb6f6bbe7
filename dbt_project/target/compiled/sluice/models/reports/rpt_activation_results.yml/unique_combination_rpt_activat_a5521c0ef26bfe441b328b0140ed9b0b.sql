
select kind, activation, operation, outcome, count(*) as copies
from "warehouse"."reports"."rpt_activation_results"
group by kind, activation, operation, outcome
having count(*) > 1
