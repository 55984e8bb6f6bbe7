select conversion_key
from {{ ref('rpt_attribution') }}
group by conversion_key
having
    sum(first_credit) <> 1 or sum(last_credit) <> 1
    or abs(sum(linear_credit) - 1) > 1e-9 or abs(sum(time_decay_credit) - 1) > 1e-9
