select m.contact_id
from {{ sluice.members_of('high_value_customers') }} as m
inner join {{ ref('dim_contacts') }} as c on m.contact_id = c.contact_id
where not c.is_deleted
