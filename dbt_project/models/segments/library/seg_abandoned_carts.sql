select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.performed('cart_updated', within='3 days') }}
    and {{ sluice.not_performed('order_placed', within='3 days') }}
