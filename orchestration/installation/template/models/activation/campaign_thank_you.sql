select
    m.contact_id,
    'once' as occurrence,
    {{ sluice.json_object({'full_name': "coalesce(c.full_name, '')"}) }} as context
from {{ sluice.members_of('repeat_buyers') }} as m
inner join {{ ref('dim_contacts') }} as c on m.contact_id = c.contact_id
