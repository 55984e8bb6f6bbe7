select
    c.contact_id,
    c.email,
    c.full_name,
    a.order_count
from {{ ref('dim_contacts') }} as c
inner join {{ ref('contact_activity') }} as a on c.contact_id = a.contact_id
where not c.is_deleted
