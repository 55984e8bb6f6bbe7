select contact_id
from {{ ref('contact_facts') }}
where order_count >= 2
    and {{ sluice.performed('page_view', where="page = '/product'", within='60 days') }}
